// The query form above a list. Choices apply at once, texts on Enter or 查询; all of it is in the address.
import { Button, Checkbox, Input, Select } from 'antd'
import { useId, useState, type FormEvent, type ReactNode } from 'react'
import type { Search } from './address.tsx'
import { DayInput, DaysInput, MonthInput } from './dates.tsx'
import { cleared, type Filter } from './list.ts'

interface Props {
  filters: readonly Filter[]
  search: Search
  setSearch: (change: Record<string, string | undefined>) => void
  busy: boolean
  /** 查询 with nothing changed asks again. */
  again: () => void
}
const FIRST = 4
const NOTHING: Search = {}

export function FilterBar({ filters, search, setSearch, busy, again }: Props) {
  // The address may change from outside (back button, a link): then it wins over what was being typed.
  const [draft, setDraft] = useState<{ at: Search; texts: Search }>({ at: search, texts: {} })
  const texts = draft.at === search ? draft.texts : NOTHING
  const setTexts = (now: Search) => setDraft({ at: search, texts: now })
  const [open, setOpen] = useState(false)
  const id = useId()
  if (filters.length === 0) return null
  const isMore = (f: Filter, i: number) => f.more ?? i >= FIRST
  const hasMore = filters.some(isMore)
  const used = (f: Filter) => (f.kind === 'days' ? f.names.some((n) => search[n]) : Boolean(search[f.name]))
  const apply = (change: Record<string, string | undefined>) => setSearch({ ...texts, ...change, page: undefined })
  const submit = (e: FormEvent) => {
    e.preventDefault()
    if (Object.entries(texts).every(([k, v]) => v === (search[k] ?? ''))) again()
    apply({})
  }
  return (
    <form className="hy-filters" role="search" aria-label="查询条件" onSubmit={submit}>
      {filters.map((f, i) =>
        isMore(f, i) && !open && !used(f) ? null : (
          <FilterField key={f.kind === 'days' ? f.names[0] : f.name} id={`${id}${i}`} label={f.label} plain={f.kind === 'check'}>
            <FilterControl f={f} id={`${id}${i}`} search={search} texts={texts} setTexts={setTexts} apply={apply} />
          </FilterField>
        ),
      )}
      <div className="hy-filter-buttons">
        <Button type="primary" htmlType="submit" loading={busy}>查询</Button>
        <Button onClick={() => { setTexts({}); setSearch(cleared(filters)) }}>重置</Button>
        {hasMore ? <Button type="link" aria-expanded={open} onClick={() => setOpen(!open)}>{open ? '收起' : '更多条件'}</Button> : null}
      </div>
    </form>
  )
}

function FilterField({ id, label, plain, children }: { id: string; label: string; plain: boolean; children: ReactNode }) {
  return (
    <div className="hy-filter">
      {plain ? null : <label htmlFor={id}>{label}</label>}
      {children}
    </div>
  )
}

interface ControlProps {
  f: Filter
  id: string
  search: Search
  texts: Search
  setTexts: (t: Search) => void
  apply: (change: Record<string, string | undefined>) => void
}
function FilterControl({ f, id, search, texts, setTexts, apply }: ControlProps) {
  switch (f.kind) {
    case 'text':
      return <Input id={id} allowClear placeholder={f.placeholder} value={texts[f.name] ?? search[f.name] ?? ''} onChange={(e) => setTexts({ ...texts, [f.name]: e.target.value })} onClear={() => apply({ [f.name]: undefined })} />
    case 'select':
      return <Select id={id} aria-label={f.label} allowClear showSearch={{ optionFilterProp: 'label' }} placeholder="全部" loading={f.loading ?? false} options={f.options as { value: string; label: string }[]} value={search[f.name] ?? null} onChange={(v: string | null | undefined) => apply({ [f.name]: v ?? undefined })} />
    case 'days':
      return <DaysInput label={f.label} value={[search[f.names[0]], search[f.names[1]]]} onChange={([a, b]) => apply({ [f.names[0]]: a, [f.names[1]]: b })} />
    case 'day':
      return <DayInput id={id} aria-label={f.label} value={search[f.name] ?? f.instead} onChange={(v) => apply({ [f.name]: v ?? undefined })} />
    case 'month':
      return <MonthInput id={id} aria-label={f.label} value={search[f.name] ?? f.instead} onChange={(v) => apply({ [f.name]: v ?? undefined })} />
    case 'check':
      return <Checkbox checked={search[f.name] === '1'} onChange={(e) => apply({ [f.name]: e.target.checked ? '1' : undefined })}>{f.label}</Checkbox>
    case 'custom':
      return f.render(search[f.name], (v) => apply({ [f.name]: v }))
  }
}
