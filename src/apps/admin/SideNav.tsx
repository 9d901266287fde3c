import { useLocation } from '@tanstack/react-router'
import { Menu } from 'antd'
import { useMemo, useState } from 'react'
import { Go } from '../../ui/address.tsx'
import type { MenuEntry } from '../../ui/module.ts'
import { useMe } from './me.ts'
import { entryAt, menuFor, routeAt } from './menu.tsx'

export function SideNav({ folded }: { folded: boolean }) {
  const me = useMe()
  const here = useLocation({ select: (l) => l.pathname })
  const current = entryAt(here)
  const groups = useMemo(() => menuFor(me), [me])
  const group = current?.group ?? ''
  // The heading of the page opens when one comes to it; after that the person decides.
  const [open, setOpen] = useState<{ at: string; groups: readonly string[] }>({ at: '', groups: [] })
  const shown = open.at === group ? open.groups : [...open.groups, group]
  // A heading with one entry of the same name is that entry.
  const items = groups.map((g) =>
    g.entries.length === 1 && g.entries[0]!.label === g.group
      ? { key: g.entries[0]!.path, icon: g.icon, label: <Entry e={g.entries[0]!} /> }
      : { key: g.group, icon: g.icon, label: g.group, children: g.entries.map((e) => ({ key: e.path, label: <Entry e={e} /> })) },
  )
  return (
    <nav className="ad-nav" aria-label="主导航">
      <Menu mode="inline" inlineCollapsed={folded} inlineIndent={16} items={items} selectedKeys={current ? [current.path] : []} {...(folded ? {} : { openKeys: [...shown], onOpenChange: (keys: string[]) => setOpen({ at: group, groups: keys }) })} />
    </nav>
  )
}

/** The page's script is asked for when the pointer comes near. */
function Entry({ e }: { e: MenuEntry }) {
  const warm = () => void routeAt(e.path)?.page().catch(() => undefined)
  return <Go to={e.path} onPointerEnter={warm} onFocus={warm}>{e.label}</Go>
}
