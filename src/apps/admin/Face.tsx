// Routes from the modules' lists, and the session that every page reads.
import { RouterProvider, createRootRoute, createRoute, createRouter } from '@tanstack/react-router'
import { lazy, Suspense, useMemo, useState } from 'react'
import type { Me } from '../../modules/identity/contract.ts'
import { property } from '../../modules/property/contract.ts'
import { useRead } from '../../ui/api.ts'
import { readSearch, writeSearch } from '../../ui/address.tsx'
import { FaultBlock } from '../../ui/Boundary.tsx'
import { ListTools, type ListToolsProps } from '../../ui/list_tools.ts'
import { PartsContext } from '../../ui/parts.tsx'
import { SessionContext, mayWith, type Session } from '../../ui/session.ts'
import { MeContext } from './me.ts'
import { parts, routes } from './menu.tsx'
import { Frame } from './Frame.tsx'
import { NotFoundPage } from './NotFoundPage.tsx'
import { PageHost } from './PageHost.tsx'

const SavedFilters = lazy(() => import('../../modules/system/admin/SavedFilters.tsx').then((m) => ({ default: m.SavedFilters })))
const listTools = (p: ListToolsProps) => <Suspense><SavedFilters {...p} /></Suspense>

function makeRouter() {
  const root = createRootRoute({ component: Frame, notFoundComponent: NotFoundPage })
  const children = routes.map((entry) => {
    const Page = lazy(entry.page)
    return createRoute({ getParentRoute: () => root, path: entry.path, component: () => <PageHost entry={entry}><Page /></PageHost> })
  })
  return createRouter({
    routeTree: root.addChildren(children),
    basepath: '/admin',
    parseSearch: readSearch,
    stringifySearch: (s) => writeSearch(s as Record<string, string>),
    defaultErrorComponent: ({ error }) => <FaultBlock error={error instanceof Error ? error : new Error(String(error))} />,
  })
}
const router = makeRouter()

export function Face({ me }: { me: Me }) {
  const slot = `heyuan.place.${me.company_id}.${me.account_id}`
  const [place_id, setPlace] = useState<string | undefined>(() => localStorage.getItem(slot) ?? undefined)
  const communities = useRead(property.communities, {}, { enabled: mayWith(me.permissions, 'property.house.read'), stale_ms: 60_000 })
  const session = useMemo((): Session => {
    const places = (communities.data?.rows ?? []).map((c) => ({ id: c.community_id, name: c.name }))
    // A remembered community that is gone, or no longer mine, is forgotten.
    const chosen = communities.data && !places.some((p) => p.id === place_id) ? undefined : place_id
    return {
      account_id: me.account_id, name: me.name, permissions: me.permissions, company_permissions: me.company_permissions, company_kind: me.company_kind, version: me.version,
      place_id: chosen, place_name: places.find((p) => p.id === chosen)?.name ?? '全部小区', places,
      choosePlace: (id) => {
        setPlace(id)
        if (id) localStorage.setItem(slot, id)
        else localStorage.removeItem(slot)
      },
    }
  }, [me, communities.data, place_id, slot])
  return (
    <MeContext value={me}>
      <SessionContext value={session}>
        <PartsContext value={parts}><ListTools value={listTools}><RouterProvider router={router} /></ListTools></PartsContext>
      </SessionContext>
    </MeContext>
  )
}
