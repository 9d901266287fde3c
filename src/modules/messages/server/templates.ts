// Templates (短信模板) are data: a text with {params}. A provider approves texts, so they do not change by code path.
import { sentence } from '../../../kernel/contract.ts'
import { assert } from '../../../kernel/refuse.ts'

export interface Template {
  zh: string
  text: string
  /** Holds a code: the body is kept sealed and never shown to staff. */
  secret: boolean
}

export const TEMPLATES: Readonly<Record<string, Template>> = {
  sign_in_code: { zh: '登录验证码', text: '【{sign}】登录验证码 {code},{minutes} 分钟内有效。工作人员不会向您索要验证码,请勿告诉他人。', secret: true },
}

/** The text as it is sent. A template without one of its params is a fault, never half a message. */
export function fill(code: string, params: Record<string, unknown>): { body: string; template: Template } {
  const template = TEMPLATES[code]
  assert(template, `no template ${code}`)
  for (const [, key] of template.text.matchAll(/\{(\w+)\}/g)) assert(params[key!] !== undefined && params[key!] !== null, `template ${code} lacks ${key}`)
  return { body: sentence(template.text, params), template }
}
