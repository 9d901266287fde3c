// Templates (消息模板): what a message says, with {params}. The system's words are declared by the module that sends, in code, and handed to this
// module by the composition root; a company's own words lie over them, versioned (messages.template_text).
import { sql } from 'kysely'
import { sentence } from '../../../kernel/contract.ts'
import { Refusal, assert } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Category } from '../contract.ts'

export interface Template {
  code: string
  zh: string
  category: Category
  title: string
  app_text: string
  /** Begins with 【{sign}】: operators want the signature (运营商签名). Empty: never sent as SMS. */
  sms_text: string
  params: readonly { key: string; zh: string; example: string }[]
  /** Holds a code: the body is kept sealed and never shown to staff; not to be reworded. */
  secret?: boolean
}

const SIGN_IN: Template = {
  code: 'sign_in_code', zh: '登录验证码', category: 'security', title: '登录验证码', app_text: '', secret: true,
  sms_text: '【{sign}】登录验证码 {code},{minutes} 分钟内有效。工作人员不会向您索要验证码,请勿告诉他人。',
  params: [{ key: 'code', zh: '验证码', example: '246810' }, { key: 'minutes', zh: '有效分钟', example: '5' }],
}

const catalogue = new Map<string, Template>([[SIGN_IN.code, SIGN_IN]])
/** Called once by the composition root with the templates of all modules. */
export function declareTemplates(list: readonly Template[]): void {
  for (const t of list) catalogue.set(t.code, t)
}
export const allTemplates = (): Template[] => [...catalogue.values()]
export function templateOf(code: string): Template {
  const t = catalogue.get(code)
  assert(t, `no template ${code}`)
  return t
}

export interface Texts {
  title: string
  app_text: string
  sms_text: string
}
/** The words in force: the company's newest, else the system's. One statement for many templates. */
export async function textsOf(scope: Scope, codes: readonly string[]): Promise<Map<string, Texts>> {
  const { rows } = await sql<Texts & { template: string }>`select distinct on (template) template, title, app_text, sms_text from messages.template_text
    where company_id = ${scope.company_id} and template = any(${[...new Set(codes)]}::text[]) and from_at <= ${scope.now} order by template, from_at desc`.execute(scope.db)
  const own = new Map(rows.map((r) => [r.template, r]))
  return new Map([...new Set(codes)].map((c) => [c, own.get(c) ?? templateOf(c)]))
}

const PARAM = /\{(\w+)\}/g
/** The text as it is sent. A template without one of its params is a fault, never half a message. */
export function fillText(text: string, params: Record<string, unknown>): string {
  for (const [, key] of text.matchAll(PARAM)) assert(params[key!] !== undefined && params[key!] !== null, `template lacks ${key}`)
  return sentence(text, params)
}

/** Refuses a text that names what the template does not know: found when it is written, not when it is sent. */
export function checkTexts(t: Template, texts: Texts): void {
  const known = new Set(['sign', ...t.params.map((p) => p.key)])
  for (const [field, zh] of [['title', '标题'], ['app_text', '站内正文'], ['sms_text', '短信正文']] as const)
    for (const [, key] of texts[field].matchAll(PARAM)) if (!known.has(key!)) throw new Refusal('messages.unknown_param', { field: zh, param: key, known: [...known].map((k) => `{${k}}`).join(' ') })
  if (!texts.sms_text.startsWith('【{sign}】')) throw new Refusal('messages.lacks_sign', { sign: '{sign}' })
}

/** The same for the fields of a WeChat template. */
export function checkFields(t: Template, fields: Readonly<Record<string, string>>): void {
  const known = new Set(['sign', ...t.params.map((p) => p.key)])
  for (const [field, value] of Object.entries(fields))
    for (const [, key] of value.matchAll(PARAM)) if (!known.has(key!)) throw new Refusal('messages.unknown_param', { field: `字段 ${field} `, param: key, known: [...known].map((k) => `{${k}}`).join(' ') })
}

/** One SMS carries 70 characters; a longer one is sent in parts of 67 and charged by part (GSM 03.40, UCS-2). */
export const smsParts = (body: string): number => (body.length <= 70 ? 1 : Math.ceil(body.length / 67))

export function previewOf(t: Template, texts: Texts, sign: string): Texts & { sms_parts: number } {
  const params = { sign, ...Object.fromEntries(t.params.map((p) => [p.key, p.example])) }
  const sms_text = fillText(texts.sms_text, params)
  return { title: fillText(texts.title, params), app_text: fillText(texts.app_text, params), sms_text, sms_parts: smsParts(sms_text) }
}
