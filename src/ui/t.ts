// Chinese is the source: t('保存'), t('共 {n} 条', { n }). Keys are the Chinese text, parameters are checked by the type of the text.
// An English catalogue lies beside it (en.ts); a text without English stays Chinese.
import { en } from './en.ts'

type Names<S extends string> = S extends `${string}{${infer P}}${infer Rest}` ? P | Names<Rest> : never
type Args<S extends string> = [Names<S>] extends [never] ? [] : [params: Record<Names<S>, string | number>]

let language: 'zh' | 'en' = 'zh'
export function speak(l: 'zh' | 'en'): void {
  language = l
}
export function t<const S extends string>(text: S, ...args: Args<S>): string {
  const said = language === 'en' ? (en[text] ?? text) : text
  const params = args[0] as Record<string, string | number> | undefined
  return params ? said.replace(/\{(\w+)\}/g, (_, key: string) => String(params[key] ?? '')) : said
}
