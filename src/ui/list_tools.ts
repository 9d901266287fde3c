// What a face puts beside every list, given by the face: the ui knows no module. The admin face hangs the saved filters (常用查询) here.
import { createContext, type ReactNode } from 'react'
import type { Search } from './address.tsx'
import type { Filter } from './list.ts'

export interface ListToolsProps {
  /** The name of the list: 'billing.bills'. */
  name: string
  filters: readonly Filter[]
  search: Search
  setSearch: (change: Record<string, string | undefined>) => void
}
export const ListTools = createContext<((p: ListToolsProps) => ReactNode) | null>(null)
