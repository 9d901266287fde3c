// The 住户 tab of a house file: owners, tenants, household, vehicles, who pays, and the timeline.
import { Button, Tag } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton } from '../../../ui/bits.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { people, type HouseFile } from '../contract.ts'
import { words } from '../words.ts'
import { HouseActs, type Act } from './HouseActs.tsx'

const w = (state: string, key: string) => words.states?.[state]?.[key] ?? key

export function ResidentsTab({ house_id }: { house_id: string }) {
  const file = useRead(people.houseFile, { house_id })
  const [act, setAct] = useState<Act>()
  if (file.error) return <ErrorBlock error={file.error} retry={file.retry} />
  if (file.loading || !file.data) return <LoadingBlock />
  const f = file.data
  return (
    <div className="hy-stack">
      <div className="hy-line" style={{ flexWrap: 'wrap' }}>
        {f.can.move_in === true ? <Button type="primary" onClick={() => setAct('move_in')}>交付入住</Button> : null}
        <CanButton can={f.can.set_owners} words={words} onClick={() => setAct('owners')}>登记业主</CanButton>
        <CanButton can={f.can.transfer} words={words} onClick={() => setAct('transfer')}>过户</CanButton>
        <CanButton can={f.can.write} words={words} onClick={() => setAct('tenancy')}>登记租户</CanButton>
        <CanButton can={f.can.write} words={words} onClick={() => setAct('household')}>登记住户</CanButton>
      </div>
      <Owners f={f} />
      <Tenants f={f} />
      <Members f={f} />
      <h3 style={{ margin: 0 }}>缴费责任</h3>
      <RowsTable
        label="缴费责任" rows={f.payers.map((p, i) => ({ ...p, key: String(i) }))} row_key="key" empty="还没有缴费责任人,请先登记业主"
        columns={[
          { key: 'fee_class', title: '费用类别', width: 100, show: (p) => w('fee_class', p.fee_class) },
          { key: 'name', title: '承担人', width: 140, show: (p) => <Go to={`/people/persons/${p.person_id}`}>{p.name}</Go> },
          { key: 'role', title: '身份', width: 90, show: (p) => w('payer_role', p.role) },
          { key: 'from_on', title: '起(含)', width: 110 },
          { key: 'to_on', title: '止(不含)', width: 110, show: (p) => p.to_on ?? '至今' },
        ]}
      />
      <Timeline house_id={house_id} />
      {act ? <HouseActs act={act} file={f} close={() => setAct(undefined)} done={file.retry} /> : null}
    </div>
  )
}

function Owners({ f }: { f: HouseFile }) {
  return (
    <RowsTable
      label="业主" rows={f.owners} row_key="ownership_id" empty="还没有登记业主"
      columns={[
        { key: 'name', title: '业主', width: 140, show: (o) => <span><Go to={`/people/persons/${o.person_id}`}>{o.name}</Go> {o.is_primary && f.owners.length > 1 ? <Tag>主要联系人</Tag> : null}</span> },
        { key: 'phone_masked', title: '手机号', width: 130 },
        { key: 'share', title: '份额', width: 90, show: (o) => (o.share_den === 1 ? '全部' : `${o.share_num}/${o.share_den}`) },
        { key: 'from_on', title: '起', width: 110 },
        { key: 'cause', title: '来由', width: 90, show: (o) => w('cause', o.cause) },
      ]}
    />
  )
}

function Tenants({ f }: { f: HouseFile }) {
  const [ending, setEnding] = useState<string>()
  const [changing, setChanging] = useState<HouseFile['tenancies'][number]>()
  const end = useWrite(people.endTenancy, { in_form: true, done: '已退租' })
  const withdraw = useWrite(people.withdrawTenancy, { done: '已撤销', invalidates: 'all' })
  const withdrawNow = async (r: HouseFile['tenancies'][number]) => {
    if (await confirm({ title: `撤销「${r.name}」的租住登记?`, content: `原定 ${r.from_on} 起租,撤销后由业主承担费用。`, ok: '撤销', danger: true })) await withdraw.run({ tenancy_id: r.tenancy_id }, r.tenancy_id)
  }
  const act = (r: HouseFile['tenancies'][number]) => {
    const coming = r.from_on > today()
    if (!r.active && !coming) return '—'
    const change = <CanButton size="small" type="link" can={f.can.write} words={words} onClick={() => setChanging(r)}>修改</CanButton>
    return coming
      ? <>{change}<CanButton size="small" type="link" can={f.can.write} words={words} onClick={() => void withdrawNow(r)}>撤销</CanButton></>
      : <>{change}<CanButton size="small" type="link" can={f.can.write} words={words} onClick={() => setEnding(r.tenancy_id)}>退租</CanButton></>
  }
  if (f.tenancies.length === 0) return null
  return (
    <>
      <RowsTable
        label="租户" rows={f.tenancies} row_key="tenancy_id" empty="没有租户"
        columns={[
          { key: 'name', title: '租户', width: 140, show: (r) => <Go to={`/people/persons/${r.person_id}`}>{r.name}</Go> },
          { key: 'phone_masked', title: '手机号', width: 130 },
          { key: 'pays', title: '承担', width: 140, show: (r) => w('tenant_pays', r.pays) },
          { key: 'from_on', title: '起租', width: 110 },
          { key: 'to_on', title: '止租', width: 110, show: (r) => r.to_on ?? '未定' },
          { key: 'state', title: '现况', width: 80, show: (r) => (r.active ? '在租' : r.from_on > today() ? '未起租' : '已结束') },
          { key: 'act', title: '操作', width: 120, show: act },
        ]}
      />
      {changing ? <ChangeTenancy f={f} tenancy={changing} close={() => setChanging(undefined)} /> : null}
      {ending ? <FormModal open onClose={() => setEnding(undefined)} title="退租" call={people.endTenancy} fields={['to_on']} fixed={{ tenancy_id: ending }} loading={end.running} submitError={end.error} submit="退租" onSubmit={async (i) => { if (await end.run(i)) setEnding(undefined) }} /> : null}
    </>
  )
}

function ChangeTenancy({ f, tenancy, close }: { f: HouseFile; tenancy: HouseFile['tenancies'][number]; close: () => void }) {
  const save = useWrite(people.saveTenancy, { in_form: true, done: '已修改', invalidates: 'all' })
  const { tenancy_id, person_id, pays, from_on, to_on, contract_no } = tenancy
  return (
    <FormModal
      open onClose={close} title={`修改「${tenancy.name}」的租住登记`} call={people.saveTenancy} loading={save.running} submitError={save.error} words={{ pays: words.states?.['tenant_pays'] ?? {} }}
      fields={[{ name: 'pays', kind: 'select' }, 'from_on', { name: 'to_on', help: '不含当日;未定可留空' }, 'contract_no']}
      fixed={{ house_id: f.house_id, tenancy_id, person: { person_id } }} initial={{ pays, from_on, to_on, contract_no }} onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}

function Members({ f }: { f: HouseFile }) {
  const [ending, setEnding] = useState<string>()
  const end = useWrite(people.endHousehold, { in_form: true, done: '已迁出' })
  if (f.household.length === 0) return null
  return (
    <>
      <RowsTable
        label="住户" rows={f.household} row_key="household_id" empty="没有住户"
        columns={[
          { key: 'name', title: '住户', width: 140, show: (r) => <Go to={`/people/persons/${r.person_id}`}>{r.name}</Go> },
          { key: 'phone_masked', title: '手机号', width: 130 },
          { key: 'relation', title: '与业主关系', width: 110 },
          { key: 'from_on', title: '入住', width: 110 },
          { key: 'to_on', title: '迁出', width: 110 },
          { key: 'act', title: '操作', width: 90, show: (r) => (r.active ? <CanButton size="small" type="link" can={f.can.write} words={words} onClick={() => setEnding(r.household_id)}>迁出</CanButton> : '已迁出') },
        ]}
      />
      {ending ? <FormModal open onClose={() => setEnding(undefined)} title="住户迁出" call={people.endHousehold} fields={['to_on']} fixed={{ household_id: ending }} loading={end.running} submitError={end.error} submit="迁出" onSubmit={async (i) => { if (await end.run(i)) setEnding(undefined) }} /> : null}
    </>
  )
}

function Timeline({ house_id }: { house_id: string }) {
  const timeline = useRead(people.houseTimeline, { house_id })
  if (timeline.error) return <ErrorBlock error={timeline.error} retry={timeline.retry} />
  if (timeline.loading) return <LoadingBlock />
  return (
    <>
      <h3 style={{ margin: 0 }}>住户历史</h3>
      <RowsTable
        label="住户历史" rows={(timeline.data?.rows ?? []).map((r, i) => ({ ...r, key: `${r.id}-${r.edge}-${i}` }))} row_key="key" empty="还没有历史"
        columns={[
          { key: 'on_day', title: '日期', width: 110 },
          { key: 'kind', title: '类别', width: 90, show: (r) => w('timeline_kind', r.kind) },
          { key: 'edge', title: '', width: 60, show: (r) => (r.edge === 'begin' ? '起' : '止') },
          { key: 'person_name', title: '人员', width: 140 },
          { key: 'detail', title: '说明', width: 320 },
        ]}
      />
    </>
  )
}
export { HousePicker, HousesPicker } from './HousePicker.tsx'

export { OwnersEditor, ownersToSend } from './OwnersEditor.tsx'
