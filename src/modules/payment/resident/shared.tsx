import type { Method } from '../contract.ts'
import { words } from '../words.ts'

/** Where a payment that was begun is followed: the page the payer comes back to. */
export const resultPath = (intent_id: string): string => `/pay/${intent_id}`

/** The provider sends the payer back to `redirect_url` (WeChat Pay H5), so the result page is what he sees next. */
export function withReturn(pay_url: string, intent_id: string): string | undefined {
  if (!/^https?:\/\//.test(pay_url)) return undefined
  const back = `${location.origin}/resident${resultPath(intent_id)}?back=1`
  return `${pay_url}${pay_url.includes('?') ? '&' : '?'}redirect_url=${encodeURIComponent(back)}`
}
export const methodsText = (methods: readonly Method[]): string => methods.map((m) => words.states?.['method']?.[m] ?? m).join('、')
