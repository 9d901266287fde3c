// A form over a call's input shape: same checks as the server before sending, the server's findings at the fields after it.
import { Alert, Form, type FormInstance } from 'antd'
import { useEffect, useEffectEvent, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import type { z } from 'zod'
import type { Call, In, Refused, Shape } from './api.ts'
import { FieldControl, fieldInfo, kindOf, type Control, type Field, type FieldInfo, pathWords } from './fields.tsx'

export type FieldOf<I extends Shape> = (keyof In<I> & string) | Field<keyof In<I> & string>

export interface ContractFormProps<I extends Shape> {
  call: Call<I, Shape>
  fields: readonly FieldOf<I>[]
  initial?: Partial<In<I>> | undefined
  /** Sent along without a field: ids, request of a row. */
  fixed?: Partial<In<I>> | undefined
  /** Words of enum fields by field name: `{ state: words.states!.house_state }`. */
  words?: Record<string, Record<string, string> | undefined>
  loading: boolean
  submitError: Refused | null
  onSubmit: (input: In<I>) => void | Promise<unknown>
  form: FormInstance
  columns?: 1 | 2
  /** What else changes when a person has changed a field: a unit that follows the way of pricing. */
  follows?: ((changed: Record<string, unknown>, values: Record<string, unknown>) => Record<string, unknown> | undefined) | undefined
  /** Above the fields. */
  note?: ReactNode
  children?: ReactNode
}

const normal = <I extends Shape>(f: FieldOf<I>): Field => (typeof f === 'string' ? { name: f } : f)

/** Empty texts become null or nothing, as the contract allows; hidden fields are not sent, or sent as null where the contract wants them said. */
export function inputFrom(fields: readonly { field: Field; info: FieldInfo }[], values: Record<string, unknown>, fixed: object | undefined): Record<string, unknown> {
  const input: Record<string, unknown> = { ...fixed }
  for (const { field, info } of fields) {
    if (field.when && !field.when(values)) {
      if (info.nullable && !info.optional) input[field.name] = null
      continue
    }
    const v = field.send ? field.send(values[field.name]) : values[field.name]
    const empty = v === undefined || v === null || v === ''
    if (!empty) input[field.name] = v
    else if (info.nullable) input[field.name] = null
    else if (!info.optional) input[field.name] = info.type === 'string' ? '' : info.type === 'boolean' ? false : info.type === 'array' ? [] : undefined
  }
  return input
}

export function ContractForm<I extends Shape>(p: ContractFormProps<I>) {
  const fields = p.fields.map(normal).map((field) => ({ field, info: fieldInfo(p.call.takes, field.name) }))
  const sending = useRef(false)
  const [elsewhere, setElsewhere] = useState<readonly string[]>([])
  const more = useRef<HTMLDetailsElement>(null)
  const { form, submitError } = p
  const labelOf = (name: string) => {
    const f = fields.find((x) => x.field.name === name)
    return f ? (f.field.label ?? f.info.label ?? name) : name
  }
  // A mark on a hidden field is seen by nobody.
  const shownNames = () => fields.filter((f) => !f.field.when || f.field.when(form.getFieldsValue(true) as Record<string, unknown>)).map((f) => f.field.name)
  const placeIssues = (issues: readonly { path: string; message: string }[]) => {
    const names = shownNames()
    const here = issues.map((i) => partOf(p.call.takes, i)).filter((i) => names.includes(i.name))
    const values = inputFrom(fields, form.getFieldsValue(true) as Record<string, unknown>, p.fixed)
    const said = Map.groupBy(here, (i) => i.name)
    form.setFields([...said].map(([name, all]) => ({ name, errors: [...new Set(all.map((i) => (i.where ? `${i.where}:${i.empty(values) ? '必填' : i.message}` : fieldWords(fields, i, values[i.name]))))].slice(0, SAID_MAX) })))
    const first = here[0]
    if (!first) return
    const closed = more.current?.open === false && fields.some((f) => f.field.more && here.some((i) => i.name === f.field.name))
    if (closed && more.current) more.current.open = true
    // A field in the part that opens now can be scrolled to once it is shown.
    setTimeout(() => form.scrollToField(first.name, { focus: true, block: 'nearest' }), closed ? 50 : 0)
  }
  /** What belongs to no field here must still be said. */
  const showIssues = (issues: readonly { path: string; message: string }[]) => {
    placeIssues(issues)
    const names = shownNames()
    setElsewhere(issues.filter((i) => !names.includes(i.path.split('.')[0] ?? '')).map((i) => `${fieldInfo(p.call.takes, i.path.split('.')[0] ?? '').label ?? i.path}:${i.message}`))
  }
  const answered = useEffectEvent((refused: Refused | null) => {
    if (refused?.problem.issues) placeIssues(refused.problem.issues)
  })
  // Only a new answer of the server marks fields.
  useEffect(() => answered(submitError), [submitError])

  const submit = async () => {
    if (p.loading || sending.current) return
    const input = inputFrom(fields, form.getFieldsValue(true) as Record<string, unknown>, p.fixed)
    const checked = (p.call.takes as unknown as z.ZodType).safeParse(input)
    form.setFields(fields.map((f) => ({ name: f.field.name, errors: [] })))
    const empty = fields.filter((f) => f.field.needed && shownNames().includes(f.field.name) && [undefined, null, ''].includes(input[f.field.name] as null)).map((f) => ({ path: f.field.name, message: '必填' }))
    const wrong = checked.success ? [] : checked.error.issues.map((i) => ({ path: i.path.join('.'), message: i.message }))
    if (empty.length + wrong.length > 0) return showIssues([...wrong, ...empty.filter((e) => !wrong.some((i) => i.path === e.path))])
    setElsewhere([])
    sending.current = true
    try {
      await p.onSubmit(input as In<I>)
    } finally {
      sending.current = false
    }
  }
  const keys = (e: KeyboardEvent) => {
    if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) {
      e.preventDefault()
      form.submit()
    }
  }
  const itemOf = ({ field, info }: (typeof fields)[number]) => {
    const item = (
      <Form.Item key={field.name} name={field.name} label={<Label text={labelOf(field.name)} needed={field.needed === true || (!info.nullable && !info.optional && kindOf(field, info) !== 'switch')} />} extra={field.help} className={field.wide ? 'hy-form-wide' : ''}>
        <Bound field={field} info={info} words={p.words?.[field.name]} />
      </Form.Item>
    )
    // Only a field with a condition watches the others.
    return field.when ? (
      <Form.Item key={field.name} noStyle shouldUpdate>
        {() => (field.when?.(form.getFieldsValue(true) as Record<string, unknown>) ? item : null)}
      </Form.Item>
    ) : item
  }
  const rare = fields.filter((f) => f.field.more)
  const follow = (changed: Record<string, unknown>) => {
    // What was said of a field is no longer true once a person has changed it.
    form.setFields(Object.keys(changed).map((name) => ({ name, errors: [] })))
    const next = p.follows?.(changed, form.getFieldsValue(true) as Record<string, unknown>)
    if (next) form.setFieldsValue(next)
  }
  return (
    <Form form={form} layout="vertical" initialValues={(p.initial ?? {}) as object} onFinish={() => void submit()} onValuesChange={follow} onKeyDown={keys} requiredMark={false} className={`hy-form hy-form-${p.columns ?? 1}`} disabled={p.loading} noValidate>
      {p.note ? <div className="hy-form-note">{p.note}</div> : null}
      {submitError ? <Alert type="error" showIcon role="alert" className="hy-form-alert" title={submitError.problem.issues ? wordsOf(submitError, labelOf) : submitError.message} /> : null}
      {!submitError && elsewhere.length ? <Alert type="error" showIcon role="alert" className="hy-form-alert" title={elsewhere.join(';')} /> : null}
      <div className="hy-form-grid">{fields.filter((f) => !f.field.more).map(itemOf)}</div>
      {rare.length ? (
        <details className="hy-form-more" ref={more}>
          <summary>更多设置 <span className="hy-muted">{rare.map((f) => labelOf(f.field.name)).join('、')}</span></summary>
          <div className="hy-form-grid">{rare.map(itemOf)}</div>
        </details>
      ) : null}
      {p.children}
      <button type="submit" hidden aria-hidden tabIndex={-1} />
    </Form>
  )
}

/** antd hands value, onChange and id to its child. */
function Bound({ field, info, words, ...c }: { field: Field; info: FieldInfo; words: Record<string, string> | undefined } & Control) {
  return <FieldControl field={field} info={info} words={words} {...c} />
}
function Label({ text, needed }: { text: string; needed: boolean }) {
  return <>{text}{needed ? <span className="hy-needed" aria-hidden>*</span> : null}</>
}
/** More lines of faults under one field are not read. */
const SAID_MAX = 6
function partOf(takes: unknown, i: { path: string; message: string }) {
  const path = i.path.split('.')
  const empty = (values: Record<string, unknown>): boolean => [undefined, null, ''].includes(path.reduce<unknown>((at, k) => (at as Record<string, unknown> | null | undefined)?.[k], values) as null)
  return { name: path[0] ?? '', message: i.message, where: pathWords(takes, path), empty }
}
function fieldWords(fields: readonly { field: Field; info: FieldInfo }[], i: { name: string; message: string }, value: unknown): string {
  const f = fields.find((x) => x.field.name === i.name)
  const kind = f ? kindOf(f.field, f.info) : 'text'
  const chosen = kind === 'select' || kind === 'many' || kind === 'day' || kind === 'month'
  if (value === undefined || value === null || value === '') return chosen ? '请选择' : '必填'
  if (/UUID|无效选项/.test(i.message)) return '请选择'
  if (kind === 'money' && i.message.startsWith('无效输入')) return '请填写金额,最多两位小数'
  return i.message
}
const wordsOf = (r: Refused, labelOf: (name: string) => string): string => (r.problem.issues ?? []).map((i) => `${labelOf(i.path.split('.')[0] ?? '')}:${i.message}`).join(';') || r.message
/** For a form made by hand: what the server found at a field, as props of its `Form.Item`. */
export function faultAt(refused: Refused | null, path: string): { validateStatus?: 'error'; help?: string } {
  const found = refused?.problem.issues?.find((i) => i.path === path)
  return found ? { validateStatus: 'error', help: found.message } : {}
}
