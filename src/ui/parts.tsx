// Pieces of modules above on a page of a module below: the page says where and of what, the face knows who has something to show there.
import { createContext, lazy, Suspense, useContext, type ComponentType } from 'react'
import type { PartEntry } from './module.ts'
import { useMay } from './session.ts'

export interface Part {
  at: PartEntry['at']
  needs: string | undefined
  Part: ComponentType<{ id: string }>
}
export const partsOf = (entries: readonly PartEntry[]): readonly Part[] => entries.map((e) => ({ at: e.at, needs: e.needs, Part: lazy(e.part) }))
export const PartsContext = createContext<readonly Part[]>([])
export function Parts({ at, id }: { at: PartEntry['at']; id: string }) {
  const may = useMay()
  const list = useContext(PartsContext).filter((p) => p.at === at && (p.needs === undefined || may(p.needs)))
  return <Suspense>{list.map(({ Part }, i) => <Part key={i} id={id} />)}</Suspense>
}
