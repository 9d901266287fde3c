// 维修资金设置: special accounts, deposit standards, the rules. Standards and rules are dated and only added to.
import { Button, Segmented } from 'antd'
import { useState } from 'react'
import { useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { money } from '../../../ui/format.ts'
import { optionsOf } from '../../../ui/list.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { PlaceButton } from '../../../ui/PlaceButton.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { property } from '../../property/contract.ts'
import { funds } from '../contract.ts'
import type { BankRow, PolicyRow } from '../shapes.ts'
import { words } from '../words.ts'

const w = words.states ?? {}
const percent = (bp: number): string => `${String(bp / 100)}%`
type Tabs = { tabs: React.ReactNode }

export default function SettingsPage() {
  const [search, setSearch] = useSearchState()
  const tab = search['tab'] ?? 'banks'
  const tabs = <Segmented aria-label="内容" value={tab} onChange={(v) => setSearch({ tab: v === 'banks' ? undefined : String(v) })} options={[{ value: 'banks', label: '专户' }, { value: 'standards', label: '缴存标准' }, { value: 'policies', label: '管理办法' }]} />
  return tab === 'standards' ? <Standards tabs={tabs} /> : tab === 'policies' ? <Policies tabs={tabs} /> : <Banks tabs={tabs} />
}

function Banks({ tabs }: Tabs) {
  const { place_id } = usePlace()
  const writes = useMay()('funds.rule.write')
  const list = useRead(funds.banks, place_id ? { community_id: place_id } : {})
  const tree = useRead(property.tree, place_id ? { community_id: place_id } : {}, { enabled: place_id !== undefined })
  const save = useWrite(funds.saveBank, { in_form: true, done: '已保存' })
  const [open, setOpen] = useState<BankRow | 'new'>()
  const row = open === 'new' ? undefined : open
  const buildings = (tree.data?.communities ?? []).flatMap((c) => c.buildings).map((b) => ({ value: b.building_id, label: b.name }))
  return (
    <ReadPage title="维修资金设置" loading={list.loading} error={list.error} retry={list.retry} actions={<>{tabs}{writes ? <PlaceButton type="primary" onPlace={() => setOpen('new')}>登记专户</PlaceButton> : null}</>}>
      <RowsTable
        label="专户" rows={list.data?.rows ?? []} row_key="bank_id" empty="还没有登记专户"
        columns={[
          { key: 'community_name', title: '小区', width: 130 }, { key: 'building_name', title: '楼栋', width: 100, show: (r) => r.building_name ?? '全小区' }, { key: 'bank_name', title: '开户银行', width: 170 }, { key: 'account_name', title: '户名', width: 200 }, { key: 'account_no', title: '账号', width: 180 },
          { key: 'opened_on', title: '开户日', width: 110 }, { key: 'house_count', title: '户数', width: 80 }, { key: 'balance_fen', title: '分户余额合计', width: 140 },
          ...(writes ? [{ key: 'act', title: '操作', width: 80, show: (r: BankRow) => <Button size="small" onClick={() => setOpen(r)}>修改</Button> }] : []),
        ]}
      />
      {open ? (
        <FormDrawer
          open title={row ? '修改专户' : '登记专户'} call={funds.saveBank} onClose={() => { setOpen(undefined); save.reset() }} loading={save.running} submitError={save.error}
          fixed={row ? { bank_id: row.bank_id, community_id: row.community_id } : { community_id: place_id ?? '' }} initial={row ? { bank_name: row.bank_name, account_name: row.account_name, account_no: row.account_no, opened_on: row.opened_on } : {}}
          fields={[...(row ? [] : [{ name: 'building_id' as const, kind: 'select' as const, options: buildings, help: '一栋一户时选择楼栋,全小区一个专户时不选' }]), 'bank_name', 'account_name', 'account_no', 'opened_on']}
          onSubmit={async (input) => { if (await save.run(input)) setOpen(undefined) }}
        />
      ) : null}
    </ReadPage>
  )
}

function Standards({ tabs }: Tabs) {
  const { place_id } = usePlace()
  const writes = useMay()('funds.rule.write')
  const list = useRead(funds.standards, place_id ? { community_id: place_id } : {})
  const save = useWrite(funds.saveStandard, { in_form: true, done: '已发布' })
  const [open, setOpen] = useState(false)
  return (
    <ReadPage title="维修资金设置" loading={list.loading} error={list.error} retry={list.retry} actions={<>{tabs}{writes ? <PlaceButton type="primary" onPlace={() => setOpen(true)}>发布标准</PlaceButton> : null}</>}>
      <RowsTable
        label="缴存标准" rows={list.data?.rows ?? []} row_key="standard_id" empty="还没有首次缴存标准"
        columns={[
          { key: 'community_name', title: '小区', width: 130 }, { key: 'name', title: '名称', width: 140 }, { key: 'has_lift', title: '电梯', width: 90, show: (r) => w['has_lift']?.[r.has_lift] }, { key: 'floors_min', title: '地上层数', width: 120, show: (r) => `${r.floors_min} 至 ${r.floors_max ?? '不限'}` },
          { key: 'house_kinds', title: '适用房产', width: 170, show: (r) => r.house_kinds.map((k) => w['house_kind']?.[k]).join('、') }, { key: 'unit_price', title: '元/㎡', width: 100, align: 'right' }, { key: 'from_on', title: '生效日', width: 110 }, { key: 'basis', title: '依据', width: 240 },
        ]}
      />
      {open && place_id ? (
        <FormDrawer
          open title="发布首次缴存标准" call={funds.saveStandard} onClose={() => { setOpen(false); save.reset() }} loading={save.running} submitError={save.error} fixed={{ community_id: place_id }} words={{ has_lift: w['has_lift'] }} initial={{ has_lift: 'any', floors_min: 1, house_kinds: ['dwelling'] }}
          fields={['name', { name: 'has_lift', kind: 'select' }, 'floors_min', 'floors_max', { name: 'house_kinds', kind: 'many', options: optionsOf(w['house_kind']) }, { name: 'unit_price', kind: 'decimal', suffix: '元/㎡' }, 'from_on', 'basis']}
          onSubmit={async (input) => { if (await save.run(input)) setOpen(false) }}
        />
      ) : null}
    </ReadPage>
  )
}

function Policies({ tabs }: Tabs) {
  const { place_id } = usePlace()
  const writes = useMay()('funds.rule.write')
  const list = useRead(funds.policies, place_id ? { community_id: place_id } : {})
  const save = useWrite(funds.savePolicy, { in_form: true, done: '已发布' })
  const [open, setOpen] = useState(false)
  const last = list.data?.rows[0]
  const share = (a: number, b: number) => `${a}/${b}`
  return (
    <ReadPage title="维修资金设置" loading={list.loading} error={list.error} retry={list.retry} actions={<>{tabs}{writes ? <Button type="primary" onClick={() => setOpen(true)}>发布办法</Button> : null}</>}>
      <RowsTable
        label="管理办法" rows={list.data?.rows ?? []} row_key="policy_id" empty="还没有管理办法:使用、计息和续筹都以它为准"
        columns={[
          { key: 'community_name', title: '适用', width: 120, show: (r) => r.community_name ?? '全公司' }, { key: 'from_on', title: '生效日', width: 110 }, { key: 'in_force', title: '状态', width: 90, show: (r) => <StateTag value={r.in_force ? 'now' : 'no'} words={{ now: '现行', no: '未生效或已更新' }} tones={{ now: 'good' }} /> },
          { key: 'vote_method', title: '表决', width: 230, show: (r: PolicyRow) => (r.vote_method === 'majority' ? `参与 ≥ ${share(r.quorum_num, r.quorum_den)},同意 > ${share(r.pass_num, r.pass_den)}` : `异议 < ${share(r.objection_num, r.objection_den)}`) },
          { key: 'posting_days', title: '公示天数', width: 110, show: (r) => `${r.posting_days} / ${r.share_posting_days}` }, { key: 'over_budget_bp', title: '超预算', width: 80, show: (r) => percent(r.over_budget_bp) }, { key: 'audit_limit_fen', title: '审计线', width: 110, show: (r) => money(r.audit_limit_fen) },
          { key: 'threshold_bp', title: '续筹线 / 补足到', width: 130, show: (r) => `${percent(r.threshold_bp)} / ${percent(r.topup_target_bp)}` }, { key: 'raise_num', title: '续筹表决', width: 180, show: (r: PolicyRow) => `参与 ≥ ${share(r.raise_quorum_num, r.raise_quorum_den)},同意 ≥ ${share(r.raise_num, r.raise_den)}` }, { key: 'current_rate', title: '利率(活期/定期)', width: 130, show: (r) => `${r.current_rate}% / ${r.term_rate}%` }, { key: 'settle_day', title: '结息日', width: 80 }, { key: 'basis', title: '依据', width: 220 },
        ]}
      />
      {open ? (
        <FormDrawer
          open title="发布维修资金办法" columns={2} call={funds.savePolicy} onClose={() => { setOpen(false); save.reset() }} loading={save.running} submitError={save.error} words={{ vote_method: w['vote_method'] }} fixed={{ community_id: place_id ?? null }} note={<p className="hy-muted">{place_id ? '适用于所选小区' : '适用于全公司;先在页面上方选择小区可单独规定'}</p>}
          initial={last ? { ...last } : { vote_method: 'majority', quorum_num: 2, quorum_den: 3, pass_num: 1, pass_den: 2, objection_num: 1, objection_den: 3, raise_quorum_num: 2, raise_quorum_den: 3, raise_num: 3, raise_den: 4, topup_target_bp: 10_000, threshold_bp: 3000, day_base: 360 }}
          fields={[
            'from_on', 'basis', { name: 'vote_method', kind: 'select' }, 'quorum_num', 'quorum_den', 'pass_num', 'pass_den', 'objection_num', 'objection_den', 'posting_days', 'share_posting_days', 'raise_quorum_num', 'raise_quorum_den', 'raise_num', 'raise_den', { name: 'over_budget_bp', help: '1000 即 10%' }, 'audit_limit_fen', { name: 'threshold_bp', help: '3000 即 30%' }, { name: 'topup_target_bp', help: '10000 即补足到首次缴存' }, 'topup_days',
            { name: 'current_rate', kind: 'decimal' }, { name: 'term_rate', kind: 'decimal' }, { name: 'day_base', kind: 'whole', help: '360 或 365' }, 'settle_day', { name: 'dangers', kind: 'area', wide: true },
          ]}
          onSubmit={async (input) => { if (await save.run(input)) setOpen(false) }}
        />
      ) : null}
    </ReadPage>
  )
}
