// A tariff as tables: components above, the fields of each in rows. Only what is used is shown; the rest is chosen from a list.
import { Button, Input, Select } from 'antd'
import { SHAPE_WORDS, type ShapeName } from '../rules/index.ts'
import { Cell } from './cells.tsx'
import { BEGIN, COMPONENT, FIELDS, PRORATION, ROUNDING, type FieldMeta } from './fields.ts'

export type Spec = Record<string, unknown>
type Change = (v: unknown) => void
const isObject = (v: unknown): v is Spec => typeof v === 'object' && v !== null && !Array.isArray(v)
const put = (o: Spec, key: string, v: unknown): Spec => {
  const { [key]: _, ...rest } = o
  return v === undefined ? rest : key in o ? Object.fromEntries(Object.entries(o).map(([k, x]) => [k, k === key ? v : x])) : { ...rest, [key]: v }
}
const EMPTY: Partial<Record<FieldMeta['kind'], unknown>> = { table: [{}], group: {}, matrix: { rows: 'grade', prices: { '': '' } }, yes: true, when: { status: '' }, list: [], numbers: [], json: {} }

function RowsEditor({ field, value, onChange, label }: { field: FieldMeta; value: unknown; onChange: Change; label: string }) {
  const rows = (Array.isArray(value) ? value : value === undefined ? [] : [value]) as Spec[]
  const used = (field.fields ?? []).filter((f, i) => i < 2 || rows.some((r) => r[f.key] !== undefined))
  const rest = (field.fields ?? []).filter((f) => !used.includes(f))
  const change = (i: number, key: string, v: unknown) => onChange(rows.map((r, n) => (n === i ? put(r, key, v) : r)))
  return (
    <div className="hy-stack" style={{ gap: 6 }}>
      <div className="tf-scroll">
        <table className="tf-table" aria-label={label}>
          <thead><tr>{used.map((f) => <th key={f.key}>{f.zh}</th>)}<th><span className="hy-muted">操作</span></th></tr></thead>
          <tbody>
            {rows.map((r, i) => (
              <tr key={i}>
                {used.map((f) => <td key={f.key}>{f.kind === 'table' || f.kind === 'group' ? <Cell field={{ ...f, kind: 'json' }} value={r[f.key]} label={`${label} 第 ${i + 1} 行 ${f.zh}`} onChange={(v) => change(i, f.key, v)} /> : <Cell field={f} value={r[f.key]} label={`${label} 第 ${i + 1} 行 ${f.zh}`} onChange={(v) => change(i, f.key, v)} />}</td>)}
                <td className="hy-nowrap">
                  <Button size="small" type="link" disabled={i === 0} aria-label={`${label} 第 ${i + 1} 行上移`} onClick={() => onChange(rows.map((x, n) => (n === i - 1 ? r : n === i ? rows[i - 1]! : x)))}>上移</Button>
                  <Button size="small" type="link" danger aria-label={`${label} 删除第 ${i + 1} 行`} onClick={() => onChange(rows.length === 1 ? undefined : rows.filter((_, n) => n !== i))}>删除</Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="hy-line">
        <Button size="small" onClick={() => onChange([...rows, {}])}>加一行</Button>
        {rest.length ? <Select aria-label={`${label} 加一列`} size="small" style={{ width: 130 }} placeholder="加一列" value={null} options={rest.map((f) => ({ value: f.key, label: f.zh }))} onChange={(key: string) => onChange(rows.map((r, n) => (n === 0 ? put(r, key, EMPTY[rest.find((f) => f.key === key)!.kind] ?? '') : r)))} /> : null}
      </div>
    </div>
  )
}

/** prices[row][column] as a grid; one column without a name when the price depends on the row alone. */
function MatrixEditor({ value, onChange, label }: { value: unknown; onChange: Change; label: string }) {
  const m = (isObject(value) ? value : EMPTY.matrix) as { rows: string; columns?: string; prices: Record<string, string | Record<string, string>> }
  const names = Object.keys(m.prices)
  const columns = m.columns === undefined ? null : [...new Set(Object.values(m.prices).flatMap((r) => (isObject(r) ? Object.keys(r) : [])))]
  const cell = (row: string, column: string | null) => { const r = m.prices[row]; return column === null ? (typeof r === 'string' ? r : '') : isObject(r) ? String(r[column] ?? '') : '' }
  const build = (rows: readonly string[], cols: readonly string[] | null, at: (r: string, c: string | null) => string, more: object = {}) => onChange({ ...m, ...more, prices: Object.fromEntries(rows.map((r) => [r, cols === null ? at(r, null) : Object.fromEntries(cols.map((c) => [c, at(r, c)]))])) })
  const renamed = (list: readonly string[], i: number, to: string) => list.map((x, n) => (n === i ? to : x))
  return (
    <div className="hy-stack" style={{ gap: 6 }}>
      <div className="hy-line">
        <span>行按</span><Input aria-label={`${label} 行按`} size="small" style={{ width: 110 }} value={m.rows} onChange={(e) => onChange({ ...m, rows: e.target.value })} />
        {columns ? <><span>列按</span><Input aria-label={`${label} 列按`} size="small" style={{ width: 110 }} value={m.columns} onChange={(e) => onChange({ ...m, columns: e.target.value })} /></> : <Button size="small" onClick={() => build(names, ['列1'], (r) => cell(r, null), { columns: 'building' })}>加列条件</Button>}
      </div>
      <div className="tf-scroll">
        <table className="tf-table" aria-label={label}>
          {columns ? <thead><tr><th>{m.rows}</th>{columns.map((c, i) => <th key={c}><Input aria-label={`${label} 第 ${i + 1} 列名称`} size="small" defaultValue={c} onBlur={(e) => { const to = e.target.value.trim(); if (to && to !== c && !columns.includes(to)) build(names, renamed(columns, i, to), (r, x) => cell(r, x === to ? c : x)) }} /></th>)}</tr></thead> : null}
          <tbody>
            {names.map((r, i) => (
              <tr key={r}>
                <td><Input aria-label={`${label} 第 ${i + 1} 行名称`} size="small" defaultValue={r} onBlur={(e) => { const to = e.target.value.trim(); if (to && to !== r && !names.includes(to)) build(renamed(names, i, to), columns, (x, c) => cell(x === to ? r : x, c)) }} /></td>
                {(columns ?? [null]).map((c) => <td key={c ?? ''}><Input aria-label={`${label} ${r} ${c ?? '单价'}`} size="small" inputMode="decimal" value={cell(r, c)} onChange={(e) => build(names, columns, (x, y) => (x === r && y === c ? e.target.value : cell(x, y)))} /></td>)}
                <td><Button size="small" type="link" danger aria-label={`${label} 删除 ${r}`} disabled={names.length === 1} onClick={() => build(names.filter((x) => x !== r), columns, cell)}>删除</Button></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="hy-line"><Button size="small" onClick={() => build([...names, `行${names.length + 1}`], columns, cell)}>加一行</Button>{columns ? <Button size="small" onClick={() => build(names, [...columns, `列${columns.length + 1}`], cell)}>加一列</Button> : null}</div>
    </div>
  )
}

function FieldEditor({ field, value, onChange, label }: { field: FieldMeta; value: unknown; onChange: Change; label: string }) {
  if (field.kind === 'table') return <RowsEditor field={field} value={value} onChange={onChange} label={label} />
  if (field.kind === 'matrix') return <MatrixEditor value={value} onChange={onChange} label={label} />
  if (field.kind !== 'group') return <Cell field={field} value={value} onChange={onChange} label={label} />
  const v = isObject(value) ? value : {}
  return (
    <div className="tf-group">
      {(field.fields ?? []).map((f) => <div key={f.key} className={f.kind === 'table' || f.kind === 'matrix' ? 'tf-wide' : 'tf-part'}><span className="hy-muted">{f.zh}</span><FieldEditor field={f} value={v[f.key]} label={`${label} ${f.zh}`} onChange={(x) => onChange(put(v, f.key, x))} /></div>)}
    </div>
  )
}

/** The fields in use as rows, and a list of the others. */
export function FieldsTable({ fields, value, onChange, label }: { fields: readonly FieldMeta[]; value: Spec; onChange: (v: Spec) => void; label: string }) {
  const used = fields.filter((f) => value[f.key] !== undefined)
  const rest = fields.filter((f) => value[f.key] === undefined)
  return (
    <div className="hy-stack" style={{ gap: 8 }}>
      <table className="tf-fields" aria-label={label}>
        <tbody>
          {used.map((f) => (
            <tr key={f.key}>
              <th>{f.zh}</th>
              <td><FieldEditor field={f} value={value[f.key]} label={`${label} ${f.zh}`} onChange={(v) => onChange(put(value, f.key, v ?? (f.kind === 'text' || f.kind === 'number' || f.kind === 'whole' ? '' : undefined)))} /></td>
              <td><Button size="small" type="link" aria-label={`${label} 去掉 ${f.zh}`} onClick={() => onChange(put(value, f.key, undefined))}>去掉</Button></td>
            </tr>
          ))}
        </tbody>
      </table>
      {rest.length ? <Select aria-label={`${label} 加规则`} size="small" showSearch optionFilterProp="label" style={{ width: 200 }} placeholder="加一项规则" value={null} options={rest.map((f) => ({ value: f.key, label: f.zh }))} onChange={(key: string) => { const f = rest.find((x) => x.key === key)!; onChange({ ...value, [key]: f.kind === 'select' ? f.options![0]![0] : (EMPTY[f.kind] ?? '') }) }} /> : null}
    </div>
  )
}

const HEAD: readonly FieldMeta[] = [ROUNDING, PRORATION]
/** The whole draft: several components, or one written without the list. */
export function SpecEditor({ spec, onChange }: { spec: Spec; onChange: (v: Spec) => void }) {
  const list = Array.isArray(spec['components']) ? (spec['components'] as Spec[]) : null
  const one = (c: Spec, set: (v: Spec) => void, i: number) => {
    const shape = (typeof c['shape'] === 'string' && c['shape'] in FIELDS ? c['shape'] : 'charge') as ShapeName
    return (
      <div className="hy-card hy-stack" key={i}>
        <div className="hy-line">
          <strong>{list ? `费项 ${i + 1}` : '费项'}</strong>
          <Select aria-label={`费项 ${i + 1} 计价方式`} style={{ width: 200 }} value={shape} options={Object.entries(SHAPE_WORDS).map(([value, label]) => ({ value, label }))} onChange={(s: ShapeName) => set({ ...Object.fromEntries(Object.entries(c).filter(([k]) => COMPONENT.some((f) => f.key === k))), shape: s, ...BEGIN[s] })} />
          {list && list.length > 1 ? <Button size="small" danger onClick={() => onChange({ ...spec, components: list.filter((_, n) => n !== i) })}>删除费项</Button> : null}
        </div>
        <FieldsTable label={`费项 ${i + 1}`} fields={[...COMPONENT.filter((f) => list || f.key !== 'name'), ...FIELDS[shape].filter((f) => list !== null || f.key !== 'proration')]} value={c} onChange={set} />
      </div>
    )
  }
  const split = () => {
    const { rounding, proration, name: _n, ...own } = spec
    onChange({ ...(rounding ? { rounding } : {}), ...(proration ? { proration } : {}), components: [{ code: 'fee_1', name: '费项1', ...own }, { code: 'fee_2', name: '费项2', shape: 'charge', ...BEGIN.charge }] })
  }
  return (
    <div className="hy-stack">
      {list ? <div className="hy-card"><FieldsTable label="整份价目" fields={HEAD} value={spec} onChange={onChange} /></div> : null}
      {list ? list.map((c, i) => one(c, (v) => onChange({ ...spec, components: list.map((x, n) => (n === i ? v : x)) }), i)) : one(spec, onChange, 0)}
      <div><Button onClick={() => (list ? onChange({ ...spec, components: [...list, { code: `fee_${list.length + 1}`, name: `费项${list.length + 1}`, shape: 'charge', ...BEGIN.charge }] }) : split())}>加一个费项</Button></div>
    </div>
  )
}
