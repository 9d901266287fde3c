// 小区 → 分区 → 楼栋 → 单元, chosen place kept in the address.
import { Input, Tree } from 'antd'
import { useMemo, useState } from 'react'
import { useRead } from '../../../ui/api.ts'
import { useSearchState } from '../../../ui/address.tsx'
import { usePlace } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { property } from '../contract.ts'

interface Node {
  key: string
  title: string
  children?: Node[]
}

export function HouseTree() {
  const { place_id } = usePlace()
  const tree = useRead(property.tree, place_id ? { community_id: place_id } : {}, { stale_ms: 60_000 })
  const [search, setSearch] = useSearchState()
  const [word, setWord] = useState('')
  const nodes = useMemo((): Node[] => {
    const building = (b: NonNullable<typeof tree.data>['communities'][number]['buildings'][number]): Node => ({
      key: `b:${b.building_id}`,
      title: `${b.name} (${b.house_count})`,
      children: b.units.map((u) => ({ key: `u:${u.unit_id}:${b.building_id}`, title: `${u.no}单元 (${u.house_count})` })),
    })
    return (tree.data?.communities ?? []).map((c) => {
      const fits = c.buildings.filter((b) => b.name.includes(word) || b.no === word)
      const zones = c.zones.map((z): Node => ({ key: `z:${z.zone_id}`, title: z.name, children: fits.filter((b) => b.zone_id === z.zone_id).map(building) })).filter((z) => z.children!.length > 0)
      return { key: `c:${c.community_id}`, title: c.name, children: [...zones, ...fits.filter((b) => b.zone_id === null).map(building)] }
    })
  }, [tree.data, word])
  if (tree.error) return <ErrorBlock error={tree.error} retry={tree.retry} />
  if (tree.loading) return <LoadingBlock />
  const chosen = search['unit_id'] ? `u:${search['unit_id']}:${search['building_id']}` : search['building_id'] ? `b:${search['building_id']}` : ''
  const choose = (key: string | undefined) => {
    const [kind, id, parent] = (key ?? '').split(':')
    if (kind === 'u') setSearch({ unit_id: id, building_id: parent, page: undefined })
    else if (kind === 'b') setSearch({ unit_id: undefined, building_id: id, page: undefined })
    else setSearch({ unit_id: undefined, building_id: undefined, page: undefined })
  }
  return (
    <div className="hy-stack">
      <Input allowClear placeholder="楼栋" aria-label="查找楼栋" value={word} onChange={(e) => setWord(e.target.value.trim())} />
      <Tree treeData={nodes} blockNode aria-label="房产树" selectedKeys={chosen ? [chosen] : []} defaultExpandedKeys={nodes.flatMap((c) => [c.key, ...(c.children ?? []).filter((z) => z.key.startsWith('z:')).map((z) => z.key)])} onSelect={(keys) => choose(keys[0] as string | undefined)} />
    </div>
  )
}
