import { Alert, Button, Modal, Segmented, Select } from 'antd'
import { useMemo, useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go, useGo, useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, MoneyText, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { toast } from '../../../ui/feedback.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { PlaceButton } from '../../../ui/PlaceButton.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { property } from '../../property/contract.ts'
import { words as propertyWords } from '../../property/words.ts'
import { meters, type ShareGroupRow, type ShareSplitRow } from '../contract.ts'
import { words } from '../words.ts'
import { say, short, useBuildings } from './shared.tsx'
import { DraftDrawer, SPLIT_TONES } from './ShareForms.tsx'

const GROUP_FILTERS: readonly Filter[] = [
  { kind: 'text', name: 'q', label: '关键词', placeholder: '公摊组名称' },
  { kind: 'select', name: 'kind', label: '种类', options: optionsOf(words.states?.['share_kind']) },
  { kind: 'check', name: 'with_disabled', label: '含已停用' },
]

export function GroupDrawer({ g, close, done }: { g: ShareGroupRow | undefined; close: () => void; done: (group_id: string) => void }) {
  const { place_id, places } = usePlace()
  const save = useWrite(meters.saveShareGroup, { in_form: true, done: '已保存' })
  const [community_id, setCommunity] = useState(g?.community_id ?? place_id ?? places[0]?.id)
  const [building_id, setBuilding] = useState(g?.building_id ?? undefined)
  const buildings = useBuildings(community_id)
  const tree = useRead(property.tree, {}, { stale_ms: 300_000 })
  const units = useMemo(() => (tree.data?.communities ?? []).flatMap((c) => c.buildings).find((b) => b.building_id === building_id)?.units ?? [], [tree.data, building_id])
  return (
    <FormDrawer
      open onClose={close} title={g ? `修改公摊组:${g.name}` : '新增公摊组'} call={meters.saveShareGroup} loading={save.running} submitError={save.error} words={{ kind: words.states?.['share_kind'], place: words.states?.['share_place'] }}
      fields={[
        { name: 'community_id', label: '小区', control: (c) => <Pick {...c} label="小区" options={places.map((p) => ({ value: p.id, label: p.name }))} changed={setCommunity} /> },
        { name: 'name', placeholder: '如 1栋楼梯照明、小区路灯、二次供水加压' },
        { name: 'kind', kind: 'select' },
        { name: 'place', kind: 'select' },
        { name: 'building_id', label: '楼栋', when: (v) => v['place'] === 'building' || v['place'] === 'unit', control: (c) => <Pick {...c} label="楼栋" options={buildings} changed={setBuilding} /> },
        { name: 'unit_id', label: '单元', kind: 'select', options: units.map((u) => ({ value: u.unit_id, label: `${u.no}单元` })), when: (v) => v['place'] === 'unit' },
        { name: 'house_kinds', kind: 'many', options: optionsOf(propertyWords.states?.['house_kind']) },
      ]}
      initial={g ? { ...g } : { ...(community_id ? { community_id } : {}), kind: 'electricity', place: 'building', house_kinds: ['dwelling'] }}
      {...(g ? { fixed: { group_id: g.group_id } } : {})}
      onSubmit={async (i) => { const a = await save.run(i); if (a) done(a.group_id) }}
    />
  )
}

function Pick({ id, value, onChange, label, options, changed }: { id?: string; value?: unknown; onChange?: (v: unknown) => void; label: string; options: readonly { value: string; label: string }[]; changed: (v: string) => void }) {
  return <Select {...(id ? { id } : {})} aria-label={label} value={(value as string | null | undefined) ?? null} options={[...options]} onChange={(v: string) => { changed(v); onChange?.(v) }} />
}

export default function SharesPage() {
  const [search, setSearch] = useSearchState()
  const show = search['show'] === 'groups' ? 'groups' : 'splits'
  const tabs = <Segmented aria-label="查看" options={[{ value: 'splits', label: '各期分摊' }, { value: 'groups', label: '公摊组与规则' }]} value={show} onChange={(v) => setSearch({ show: v === 'groups' ? 'groups' : undefined, page: undefined, q: undefined, kind: undefined, period: undefined, state: undefined, with_disabled: undefined })} />
  return show === 'groups' ? <Groups tabs={tabs} /> : <Splits tabs={tabs} />
}

function Groups({ tabs }: { tabs: React.ReactNode }) {
  const { place_id } = usePlace()
  const go = useGo()
  const may = useMay()
  const list = useList(meters.shareGroups, { filters: GROUP_FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const [adding, setAdding] = useState(false)
  const [drafting, setDrafting] = useState<ShareGroupRow>()
  const columns: readonly Column<ShareGroupRow>[] = [
    { key: 'name', title: '公摊组', width: 190, always: true },
    { key: 'community_name', title: '小区', width: 110 },
    { key: 'kind', title: '种类', width: 65, show: (r) => say('share_kind', r.kind) },
    { key: 'place_name', title: '范围', width: 110 },
    { key: 'rule', title: '现行规则', width: 230, show: (r) => (r.rule ? `${say('share_method', r.rule.method)},${r.rule.source === 'price' ? `${short(r.rule.unit_price)} 元` : '供应商账单'}(${r.rule.from_on} 起)` : <span className="hy-red">还没有规则</span>) },
    { key: 'last', title: '最近分摊', width: 210, show: (r) => (r.last ? <Go to={`/meters/splits/${r.last.split_id}`}>{r.last.period} <MoneyText fen={r.last.total_fen} /> {say('split', r.last.state)}</Go> : '—') },
    { key: 'disabled', title: '状态', width: 80, show: (r) => <StateTag value={r.disabled ? 'off' : 'on'} words={{ on: '启用', off: '已停用' }} tones={{ on: 'good' }} /> },
    { key: 'act', title: '操作', width: 90, show: (r) => <CanButton size="small" can={r.can.split} words={words} onClick={() => setDrafting(r)}>试算</CanButton> },
  ]
  return (
    <>
      <ListPage {...list} title="公摊" name="meters.groups" columns={columns} row_key="group_id" href={(r) => `/meters/shares/${r.group_id}`} actions={<>{tabs}{may('meters.share.write') ? <Button type="primary" onClick={() => setAdding(true)}>新增公摊组</Button> : null}</>} empty={{ text: '还没有公摊组' }} />
      {adding ? <GroupDrawer g={undefined} close={() => setAdding(false)} done={(id) => go(`/meters/shares/${id}`)} /> : null}
      {drafting ? <DraftDrawer group_id={drafting.group_id} name={drafting.name} source={drafting.rule?.source ?? 'price'} close={() => setDrafting(undefined)} /> : null}
    </>
  )
}

function Splits({ tabs }: { tabs: React.ReactNode }) {
  const { place_id } = usePlace()
  const may = useMay()
  const [search] = useSearchState()
  const period = search['period'] ?? today().slice(0, 7)
  const filters = useMemo((): readonly Filter[] => [{ kind: 'month', name: 'period', label: '账期' }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['split']) }], [])
  const list = useList(meters.shareSplits, { filters, fixed: place_id ? { community_id: place_id } : {} })
  const batch = useWrite(meters.draftSplits, { in_form: true })
  const [left, setLeft] = useState<readonly { group_id: string; name: string; why: string }[]>([])
  const columns: readonly Column<ShareSplitRow>[] = [
    { key: 'group_name', title: '公摊组', width: 190, always: true },
    { key: 'community_name', title: '小区', width: 110 },
    { key: 'period', title: '账期', width: 85 },
    { key: 'quantity', title: '公摊用量', width: 100, align: 'right', show: (r) => short(r.quantity) },
    { key: 'unit_price', title: '单价', width: 80, align: 'right', show: (r) => (r.unit_price ? short(r.unit_price) : '账单') },
    { key: 'total_fen', title: '总额', width: 110 },
    { key: 'house_count', title: '户数', width: 75 },
    { key: 'method', title: '方法', width: 110, show: (r) => say('share_method', r.method) },
    { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states?.['split']} tones={SPLIT_TONES} /> },
    { key: 'created_by_name', title: '制单人', width: 90 },
    { key: 'published_by_name', title: '发布人', width: 90 },
    { key: 'published_at', title: '发布时间', width: 150 },
  ]
  const run = async (community_id: string) => {
    const a = await batch.run({ community_id, period })
    if (!a) return
    toast.done(`已试算 ${a.drafted_count} 组`)
    setLeft(a.left_out)
  }
  return (
    <>
      <ListPage
        {...list} title="公摊" name="meters.splits" columns={columns} row_key="split_id" href={(r) => `/meters/splits/${r.split_id}`} totals={(d) => ({ total_fen: <MoneyText fen={d.total_fen} strong /> })}
        actions={<>{tabs}{may('meters.share.write') ? <PlaceButton type="primary" loading={batch.running} onPlace={(place) => void run(place.id)}>{period} 全部试算</PlaceButton> : null}</>}
        note={batch.error ? <Alert type="error" showIcon role="alert" title={batch.error.message} closable={{ onClose: batch.reset }} /> : undefined}
        empty={{ text: '还没有分摊', next: <Go to="/meters/shares?show=groups">公摊组与规则</Go> }}
      />
      <Modal open={left.length > 0} title={`${left.length} 组没有试算`} footer={null} onCancel={() => setLeft([])} width={720}>
        <RowsTable label="没有试算的公摊组" rows={left} row_key="group_id" empty="" columns={[{ key: 'name', title: '公摊组', width: 180, show: (x) => <Go to={`/meters/shares/${x.group_id}`}>{x.name}</Go> }, { key: 'why', title: '原因', width: 460 }]} />
      </Modal>
    </>
  )
}
