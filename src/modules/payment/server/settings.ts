// What a company says for itself, in force from a day: words on its receipts (read for the day of the receipt, so that a reprint shows what stood
// then), and under which names its bank shows the payouts of payment channels.
import type { SettingKind } from '../../system/server/index.ts'

export const receiptTitle: SettingKind = { key: 'payment.receipt_title', zh: '收据标题', note: '印在收据正中,如 收款收据、物业费收据', max: 20, otherwise: '收款收据' }
export const receiptFooter: SettingKind = { key: 'payment.receipt_footer', zh: '收据脚注', note: '印在收据最下方,如 盖章有效、咨询电话;不填则不印', max: 120, otherwise: '' }
const SENDERS = '银行流水的对方户名或摘要中有其中一个名称,就是渠道结算款,不作为业主来款;多个名称用顿号分开'
/** 财付通支付科技有限公司 pays out for WeChat Pay, 支付宝(中国)网络技术有限公司 or 蚂蚁… for Alipay; banks shorten them each in their own way. */
export const wechatSenders: SettingKind = { key: 'payment.wechat_senders', zh: '微信结算款付款方', note: SENDERS, max: 120, otherwise: '财付通、微信支付' }
export const alipaySenders: SettingKind = { key: 'payment.alipay_senders', zh: '支付宝结算款付款方', note: SENDERS, max: 120, otherwise: '支付宝、蚂蚁' }
export const paymentSettings: readonly SettingKind[] = [receiptTitle, receiptFooter, wechatSenders, alipaySenders]
