// What a company may word for itself on its receipts. Read at printing for the day of the receipt: a reprint shows what stood then.
import type { SettingKind } from '../../system/server/index.ts'

export const receiptTitle: SettingKind = { key: 'payment.receipt_title', zh: '收据标题', note: '印在收据正中,如 收款收据、物业费收据', max: 20, otherwise: '收款收据' }
export const receiptFooter: SettingKind = { key: 'payment.receipt_footer', zh: '收据脚注', note: '印在收据最下方,如 盖章有效、咨询电话;不填则不印', max: 120, otherwise: '' }
export const paymentSettings: readonly SettingKind[] = [receiptTitle, receiptFooter]
