// State of a list: filters and page live in the address, rows come from the server.
import { useMemo } from 'react'
import { useRead, type Call, type In, type Out, type Reading, type ReadOptions, type Shape } from './api.ts'
import { useSearchState, type Search } from './address.tsx'

export interface Option {
  value: string
  label: string
}
interface FilterBase {
  label: string
  /** Shown at once; the others come behind 更多条件. Default: the first four. */
  more?: boolean
}
export type Filter =
  | (FilterBase & { kind: 'text'; name: string; placeholder?: string })
  | (FilterBase & { kind: 'select'; name: string; options: readonly Option[]; loading?: boolean; number?: boolean })
  | (FilterBase & { kind: 'days'; names: readonly [from: string, to: string] })
  /** `instead`: what the page asks for while the address names none; shown as such. */
  | (FilterBase & { kind: 'day' | 'month'; name: string; instead?: string })
  | (FilterBase & { kind: 'check'; name: string })
  | (FilterBase & { kind: 'custom'; name: string; render: (value: string | undefined, set: (value: string | undefined) => void) => React.ReactNode })

export interface ListState<D> extends Reading<D> {
  filters: readonly Filter[]
  search: Search
  setSearch: (change: Record<string, string | undefined>) => void
  page: number
  page_size: number
  /** What was asked, without the page: for exports and batch calls on everything found. */
  asked: Record<string, unknown>
}

const whole = (text: string | undefined, otherwise: number, max: number): number => {
  const n = /^\d{1,6}$/.test(text ?? '') ? Number(text) : otherwise
  return n >= 1 && n <= max ? n : otherwise
}
export const namesOf = (f: Filter): readonly string[] => (f.kind === 'days' ? f.names : [f.name])

/** Without a condition a list does not speak of conditions: 没有符合条件的房产 becomes 还没有房产. */
export const emptyText = (text: string, filtered: boolean): string => (filtered ? text : text.replace(/^没有符合条件的/, '还没有'))

/** The input that filters and address make together. */
export function inputOf(filters: readonly Filter[], search: Search): Record<string, unknown> {
  const input: Record<string, unknown> = {}
  for (const f of filters)
    for (const name of namesOf(f)) {
      const v = search[name]
      if (v === undefined || v === '') continue
      input[name] = f.kind === 'check' ? v === '1' : f.kind === 'select' && f.number ? Number(v) : v
    }
  return input
}

/**
 * `const list = useList(property.houses, { filters: FILTERS, fixed: { community_id: usePlace().place_id } })`
 * and then `<ListPage {...list} … />`.
 */
export function useList<I extends Shape, O extends Shape>(call: Call<I, O>, o: { filters?: readonly Filter[]; fixed?: Partial<In<I>>; page_size?: number; enabled?: boolean; refresh_ms?: ReadOptions<Out<O>>['refresh_ms'] } = {}): ListState<Out<O>> {
  const [search, setSearch] = useSearchState()
  const filters = o.filters ?? NONE
  const page = whole(search['page'], 1, 100_000)
  const page_size = whole(search['page_size'], o.page_size ?? 20, 200)
  const fixed_key = JSON.stringify(o.fixed ?? {})
  const asked = useMemo(() => ({ ...inputOf(filters, search), ...(JSON.parse(fixed_key) as object) }), [filters, search, fixed_key])
  const reading = useRead(call, { ...asked, page, page_size } as In<I>, { keep: true, enabled: o.enabled ?? true, ...(o.refresh_ms ? { refresh_ms: o.refresh_ms } : {}) })
  return { ...reading, filters, search, setSearch, page, page_size, asked }
}
const NONE: readonly Filter[] = []

/** For the filter bar: everything a filter wrote, and the page, gone. */
export const cleared = (filters: readonly Filter[]): Record<string, undefined> => Object.fromEntries([...filters.flatMap(namesOf), 'page'].map((n) => [n, undefined]))

/** Select options from a record of words: `optionsOf(words.states!.house_state)`. */
export const optionsOf = (words: Record<string, string> | undefined): Option[] => Object.entries(words ?? {}).map(([value, label]) => ({ value, label }))
