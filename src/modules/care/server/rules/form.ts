// What is filled in must fit its form: pure, used by the server for both faces.
import { dayOf } from '../../../../kernel/clock.ts'
import type { FormField } from '../../contract.ts'

/** The fields in the order of the form, and what is wrong with the first that is wrong. */
export function checkAnswers(fields: readonly FormField[], answers: readonly { key: string; value: string }[], photo_count: number): { filled: Record<string, string> } | { wrong: { zh: string; why: string } } {
  const given = new Map(answers.map((a) => [a.key, a.value.trim()]))
  const filled: Record<string, string> = {}
  for (const f of fields) {
    const value = given.get(f.key) ?? ''
    if (f.kind === 'photo') {
      if (f.needed && photo_count === 0) return { wrong: { zh: f.zh, why: '请拍照' } }
      continue
    }
    if (value === '') {
      if (f.needed) return { wrong: { zh: f.zh, why: '必填' } }
      continue
    }
    const why = fault(f, value)
    if (why) return { wrong: { zh: f.zh, why } }
    filled[f.key] = value
  }
  const known = new Set(fields.map((f) => f.key))
  const stray = answers.find((a) => !known.has(a.key))
  return stray ? { wrong: { zh: stray.key, why: '表单里没有这一栏,请刷新后重填' } } : { filled }
}
const realDay = (v: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(v) && !Number.isNaN(Date.parse(`${v}T00:00:00Z`)) && dayOf(Date.parse(`${v}T00:00:00Z`)) === v
function fault(f: FormField, value: string): string | undefined {
  switch (f.kind) {
    case 'choice': return f.options.includes(value) ? undefined : '请从选项中选择'
    case 'day': return realDay(value) ? undefined : '请选择日期'
    case 'number': return /^\d{1,6}(\.\d{1,2})?$/.test(value) ? undefined : '应为数字'
    case 'vehicle': return /^[\u4e00-\u9fa5][A-Z][A-Z0-9]{5,6}$/.test(value.toUpperCase()) ? undefined : '应为车牌号,如 陕C12345'
    case 'text': case 'person': return value.length <= 100 ? undefined : '最多 100 字'
    case 'long': case 'photo': return undefined
  }
}
/** A form that can be filled in: keys once, choices with options, one field for photos. */
export function formFault(fields: readonly FormField[]): string | undefined {
  const keys = fields.map((f) => f.key)
  if (new Set(keys).size !== keys.length) return '栏目代码不能重复'
  if (new Set(fields.map((f) => f.zh)).size !== fields.length) return '栏目名称不能重复'
  const choice = fields.find((f) => f.kind === 'choice' && f.options.length < 2)
  if (choice) return `「${choice.zh}」至少要有两个选项`
  return fields.filter((f) => f.kind === 'photo').length > 1 ? '照片栏目只能有一个' : undefined
}
