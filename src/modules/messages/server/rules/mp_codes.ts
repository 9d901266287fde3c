// What a return code (errcode) of the official account's interface means for us. Source: developers.weixin.qq.com, 服务号 → 模板消息, 返回码.
export type Meaning = 'ok' | 'token' | 'undeliverable' | 'quota' | 'again' | 'failed'

/** The token is wrong, too old or taken back by somebody else's refresh. */
const TOKEN = new Set([40001, 40014, 42001])
/** This person cannot be reached through the account: not following, refused, blocked, a number that is not of this account. */
const PERSON = new Map([[43004, '没有关注公众号'], [43101, '拒绝接收这类消息'], [43019, '在公众号黑名单中'], [40003, '微信账号不属于这个公众号']])
const WORDS = new Map([
  [40013, 'AppID 不正确'], [40125, 'AppSecret 不正确'], [40164, '服务器的公网地址不在公众号的 IP 白名单中'], [40029, '授权码无效,请重新进入'], [40163, '授权码已经用过,请重新进入'], [40037, '微信模板编号不正确'], [47003, '微信模板的字段与填写的不符'],
  [41030, '点开的页面地址不正确'], [48001, '公众号没有这项接口权限(须为已认证的服务号)'], [50002, '公众号接口被限制'], [45009, '公众号当日调用已达上限'], [40001, 'AppSecret 不正确,或凭据失效'],
])

export function meaningOf(errcode: number): Meaning {
  if (errcode === 0) return 'ok'
  if (TOKEN.has(errcode)) return 'token'
  if (PERSON.has(errcode)) return 'undeliverable'
  if (errcode === 45009) return 'quota'
  // -1: the system is busy; 45011: too many calls this minute.
  if (errcode === -1 || errcode === 45011) return 'again'
  return 'failed'
}
export const wordsOf = (errcode: number, errmsg: string): string => PERSON.get(errcode) ?? WORDS.get(errcode) ?? `${errcode} ${errmsg.slice(0, 80)}`.trim()

/** Longest value of a field by the beginning of its name (参数类别说明): longer ones are refused with 47003. */
const LIMITS: [RegExp, number][] = [[/^thing\d/, 20], [/^character_string\d/, 32], [/^phone_number\d/, 17], [/^const\d/, 20], [/^car_number\d/, 8]]
const VALUE_MAX = 200
export function fitValue(field: string, value: string): string {
  const max = LIMITS.find(([p]) => p.test(field))?.[1] ?? VALUE_MAX
  const chars = [...value]
  return chars.length <= max ? value : `${chars.slice(0, max - 1).join('')}…`
}
