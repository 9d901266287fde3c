// What the answers of a checklist say: the phone asks it before saving, the server decides by the same.
import { compareDecimal } from '../../kernel/money.ts'
import type { Answer, Item } from './shapes.ts'

export type Verdict = 'ok' | 'bad' | 'skip' | 'missing'
const NUMBER = /^-?\d{1,9}(\.\d{1,3})?$/
/** `skip`: does not apply here (无此项), or a text without an answer. */
export function verdictOf(item: Item, value: string | undefined): Verdict {
  const v = (value ?? '').trim()
  switch (item.answer) {
    case 'tick': return v === 'ok' ? 'ok' : v === 'bad' ? 'bad' : v === 'na' ? 'skip' : 'missing'
    case 'choice': {
      const c = item.choices.find((x) => x.text === v)
      return c ? (c.bad ? 'bad' : 'ok') : 'missing'
    }
    case 'number': {
      if (!NUMBER.test(v)) return 'missing'
      return (item.low !== null && compareDecimal(v, item.low) < 0) || (item.high !== null && compareDecimal(v, item.high) > 0) ? 'bad' : 'ok'
    }
    case 'text': return v === '' ? 'skip' : 'ok'
  }
}
export interface Judged {
  missing: Item[]
  bad: Item[]
  /** Items that want a photo which is not there. */
  unseen: Item[]
  got: number
  max: number
}
export function judgeAnswers(items: readonly Item[], answers: readonly Answer[], photo_parts: readonly string[]): Judged {
  const by = new Map(answers.map((a) => [a.item_id, a.value]))
  const out: Judged = { missing: [], bad: [], unseen: [], got: 0, max: 0 }
  for (const item of items) {
    const v = verdictOf(item, by.get(item.item_id))
    if (v === 'missing') out.missing.push(item)
    if (v === 'bad') out.bad.push(item)
    if ((item.photo === 'always' || (item.photo === 'bad' && v === 'bad')) && v !== 'skip' && !photo_parts.includes(item.item_id) && !photo_parts.includes('before')) out.unseen.push(item)
    if (v === 'ok' || v === 'bad') out.max += item.points
    if (v === 'ok') out.got += item.points
  }
  return out
}
/** '应在 0.25 至 0.40 MPa' */
export function limitsText(item: Item): string {
  const unit = item.unit ? ` ${item.unit}` : ''
  if (item.low !== null && item.high !== null) return `应在 ${item.low} 至 ${item.high}${unit}`
  if (item.low !== null) return `应不低于 ${item.low}${unit}`
  if (item.high !== null) return `应不高于 ${item.high}${unit}`
  return item.unit ?? ''
}
