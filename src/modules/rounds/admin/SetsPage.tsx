// 现成标准: service grades and a real manual, looked at before they are loaded for a community as drafts.
import { Button, Select } from 'antd'
import { useGo, useSearchState, writeSearch } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { usePlace, useSession } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { rounds } from '../contract.ts'

type Code = (typeof rounds.previewSet.takes)['_zod']['output']['code']
export default function SetsPage() {
  const sets = useRead(rounds.sets, {}, { stale_ms: 300_000 })
  const { places } = useSession()
  const { place_id } = usePlace()
  const [search, setSearch] = useSearchState()
  const community_id = search['community_id'] ?? place_id ?? places[0]?.id
  const code = (search['set'] ?? sets.data?.rows[0]?.code) as Code | undefined
  const chosen = sets.data?.rows.find((s) => s.code === code)
  return (
    <ReadPage title="现成标准" loading={sets.loading} error={sets.error} retry={sets.retry}
      note={<p className="hy-muted">标准只是起点:载入后是草稿,核对频次、点位和班组后再启用。同名的点位、检查表沿用已有的,同名计划不重复。</p>}>
      {sets.data && chosen ? (
        <div className="hy-stack">
          <div className="hy-line" role="group" aria-label="标准">{sets.data.rows.map((s) => <Button key={s.code} type={s.code === code ? 'primary' : 'default'} aria-pressed={s.code === code} onClick={() => setSearch({ set: s.code })}>{s.name}</Button>)}</div>
          <p className="hy-muted">依据:{chosen.source}</p>
          <div className="hy-line"><span>载入到</span><Select aria-label="小区" style={{ minWidth: 160 }} options={places.map((p) => ({ value: p.id, label: p.name }))} value={community_id ?? null} onChange={(v: string) => setSearch({ community_id: v })} /></div>
          {community_id ? <Preview key={`${code} ${community_id}`} code={chosen.code as Code} community_id={community_id} name={places.find((p) => p.id === community_id)?.name ?? ''} /> : null}
        </div>
      ) : null}
    </ReadPage>
  )
}
function Preview({ code, community_id, name }: { code: Code; community_id: string; name: string }) {
  const go = useGo()
  const seen = useRead(rounds.previewSet, { code, community_id })
  const load = useWrite(rounds.loadSet, { done: (a) => `已载入 ${a.plan_count} 个计划草稿、${a.point_count} 个点位、${a.checklist_count} 张检查表` })
  if (seen.error) return <ErrorBlock error={seen.error} retry={seen.retry} />
  if (!seen.data) return <LoadingBlock />
  const { plans, checklists, point_count } = seen.data
  const fresh = plans.filter((p) => !p.there).length
  const lists = checklists.filter((l) => !l.there).length
  return (
    <section className="hy-card hy-stack" aria-label="预览">
      <div className="hy-line"><strong>会在{name}新建 {fresh} 个计划草稿、{point_count} 个点位、{lists} 张检查表</strong><Button type="primary" disabled={fresh === 0} loading={load.running} onClick={() => void load.run({ code, community_id }).then((a) => (a ? go(`/rounds/plans${writeSearch({ state: 'draft' })}`) : undefined))}>{fresh === 0 ? '已全部载入' : '载入'}</Button></div>
      <RowsTable
        label="计划预览" rows={plans} row_key="name" empty="没有计划"
        columns={[{ key: 'name', title: '计划', width: 230, show: (p) => <span className="hy-line">{p.name}{p.there ? <StateTag value="t" words={{ t: '已有' }} /> : null}</span> }, { key: 'kind_name', title: '种类', width: 90 }, { key: 'department', title: '部门', width: 80 }, { key: 'rule_zh', title: '时间规律', width: 240 }, { key: 'places', title: '点位', width: 230, show: (p) => (p.places.length > 3 ? `${p.places.slice(0, 3).join('、')} 等 ${p.places.length} 个` : p.places.join('、') || '—') }, { key: 'checklist', title: '检查表', width: 150 }]}
      />
      <p>检查表:{checklists.map((l) => `${l.name}(${l.item_count} 项${l.there ? ',已有' : ''})`).join('、')}</p>
    </section>
  )
}
