// Payment channels (支付渠道) and their configuration. Part of the contract of this module.
import { z } from 'zod'
import { read, write } from '../../kernel/contract.ts'
import { Can, Id, Instant, Needed, Repeatable } from '../../kernel/shapes.ts'

export const ChannelKind = z.enum(['wechat', 'alipay']).meta({ zh: '渠道' })
export type ChannelKind = z.output<typeof ChannelKind>
const ChannelRow = z.object({
  channel_id: Id,
  kind: ChannelKind,
  name: z.string().meta({ zh: '名称' }),
  mch_id: z.string().meta({ zh: '商户号或 AppID' }),
  simulated: z.boolean().meta({ zh: '模拟' }),
  enabled_at: Instant.nullable().meta({ zh: '启用时间' }),
  notify_url: z.string().meta({ zh: '通知地址' }),
  can: Can('enable', 'disable'),
})
const Pem = z.string().trim().max(6000)
/** Public origin of this installation, where the provider posts its notice: https://pay.example.cn. May be left out for a simulated channel. */
const NotifyBase = z.url().max(200).nullable().default(null).meta({ zh: '通知域名' })

export const WechatConfig = z.object({
  base_url: z.url().max(200).meta({ zh: '接口地址' }),
  mch_id: z.string().regex(/^\d{8,20}$/, '应为 8 到 20 位数字').meta({ zh: '商户号' }),
  app_id: Needed(64).meta({ zh: 'AppID' }),
  mch_serial: Needed(64).meta({ zh: '商户证书序列号' }),
  mch_private_key_pem: Pem.min(1).meta({ zh: '商户私钥' }),
  api_v3_key: z.string().length(32, '应为 32 位').meta({ zh: 'APIv3 密钥' }),
  platform: z.array(z.object({ serial: Needed(80), public_key_pem: Pem.min(1) })).min(1).max(10).meta({ zh: '平台公钥' }),
  /** How the payer is led: a page in the phone's browser, or a code to scan. */
  way: z.enum(['h5', 'native']).default('h5').meta({ zh: '支付方式' }),
  notify_base: NotifyBase,
})
export type WechatConfig = z.output<typeof WechatConfig>

/** Public-key mode with `alipay_public_key_pem`, certificate mode with all three certificates. */
export const AlipayConfig = z.object({
  base_url: z.url().max(200).meta({ zh: '网关地址' }),
  app_id: z.string().regex(/^[0-9A-Za-z]{8,32}$/, '应为 8 到 32 位数字或字母').meta({ zh: 'AppID' }),
  seller_id: z.string().regex(/^\d{16}$/, '应为 16 位数字').nullable().default(null).meta({ zh: '卖家支付宝用户号' }),
  app_private_key_pem: Pem.min(1).meta({ zh: '应用私钥' }),
  alipay_public_key_pem: Pem.nullable().default(null).meta({ zh: '支付宝公钥' }),
  app_cert_pem: Pem.nullable().default(null).meta({ zh: '应用公钥证书' }),
  alipay_cert_pem: Pem.nullable().default(null).meta({ zh: '支付宝公钥证书' }),
  alipay_root_cert_pem: z.string().trim().max(20_000).nullable().default(null).meta({ zh: '支付宝根证书' }),
  way: z.enum(['wap', 'page']).default('wap').meta({ zh: '支付方式' }),
  notify_base: NotifyBase,
})
export type AlipayConfig = z.output<typeof AlipayConfig>

export const channelCalls = {
  channels: read({ zh: '支付渠道', may: 'payment.channel.read', takes: z.object({}), gives: z.object({ rows: z.array(ChannelRow), simulation_allowed: z.boolean() }) }),
  saveChannel: write({
    zh: '保存支付渠道',
    may: 'payment.channel.write',
    takes: Repeatable.extend({ channel_id: Id.optional(), kind: ChannelKind, name: Needed(30).meta({ zh: '名称' }), simulated: z.boolean().default(false), config: z.union([WechatConfig, AlipayConfig]).meta({ zh: '商户配置' }) }),
    gives: z.object({ channel_id: Id }),
    refuses: ['payment.simulation_not_allowed', 'payment.channel_config_bad', 'payment.channel_exists', 'payment.channel_enabled', 'payment.channel_used'],
  }),
  setChannel: write({ zh: '启用或停用支付渠道', may: 'payment.channel.write', takes: Repeatable.extend({ channel_id: Id, enabled: z.boolean() }), gives: z.object({ enabled: z.boolean() }), refuses: ['payment.simulation_not_allowed', 'payment.channel_config_bad'] }),
}
