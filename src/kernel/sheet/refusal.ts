import { Refusal } from '../refuse.ts'
import { words, type SheetRefusalCode } from './words.ts'

export type RefusalParams = Readonly<Record<string, string | number>>

/** The file cannot be taken. Not a fault: `code` and `params` go to the person who uploaded it, worded by `words`. */
export class SheetRefusal extends Refusal {
  declare readonly code: SheetRefusalCode
  declare readonly params: RefusalParams & Record<string, unknown>

  constructor(code: SheetRefusalCode, params: RefusalParams = {}) {
    super(code, params)
    this.name = 'SheetRefusal'
  }
}

/** The Chinese sentence for a refusal. A missing param leaves nothing behind but its quotes. */
export function explain(refusal: SheetRefusal): string {
  return words[refusal.code].replace(/\{(\w+)\}/g, (_, key: string) => String(refusal.params[key] ?? ''))
}

/** Adds the file name to a refusal thrown by a layer that does not know it. */
export function named(error: unknown, name: string): unknown {
  if (!(error instanceof SheetRefusal) || error.params['name'] !== undefined) return error
  return new SheetRefusal(error.code, { ...error.params, name })
}
