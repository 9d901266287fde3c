// Technical data by the fields of a category: pure, for the form, the import and the server alike.
import type { FieldSpec } from '../../shapes.ts'

const NUMBER = /^-?\d{1,12}(\.\d{1,6})?$/
const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/
/** Why a value does not fit, or undefined. An empty one fits: what is not known yet is left out. */
export function unfit(f: FieldSpec, value: string): string | undefined {
  if (value === '') return undefined
  if (f.kind === 'number' && !NUMBER.test(value)) return '应为数字'
  if (f.kind === 'day' && !(DAY.test(value) && new Date(`${value}T00:00:00Z`).toISOString().slice(0, 10) === value)) return '应为日期,如 2024-05-01'
  if (f.kind === 'choice' && !f.choices.includes(value)) return `应为 ${f.choices.join('、')} 之一`
  return undefined
}
/** Values of known fields without the empty ones; values of other fields are dropped with the field. */
export const cleaned = (fields: readonly FieldSpec[], details: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(fields.flatMap((f) => { const v = details[f.field_id]?.trim(); return v ? [[f.field_id, v]] : [] }))
/** '额定功率 7.5 kW;材质 不锈钢' */
export const detailsText = (fields: readonly FieldSpec[], details: Readonly<Record<string, string>>): string =>
  fields.flatMap((f) => (details[f.field_id] ? [`${f.name} ${details[f.field_id]}${f.unit ? ` ${f.unit}` : ''}`] : [])).join(';')
