// 空置与折扣: the houses that pay less for a time, with proof; and the rules that say how much less.
import { Button, Segmented } from 'antd'
import { useMemo, useState } from 'react'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { PlaceButton } from '../../../ui/PlaceButton.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { billing, type DiscountRule, type HouseDiscountRow } from '../contract.ts'
import { words } from '../words.ts'
import { rate } from './shown.tsx'

export default function DiscountsPage() {
  const [search, setSearch] = useSearchState()
  const rules = search['tab'] === 'rules'
  const tabs = <Segmented aria-label="内容" value={rules ? 'rules' : 'houses'} onChange={(v) => setSearch({ tab: v === 'rules' ? 'rules' : undefined, page: undefined })} options={[{ value: 'houses', label: '享受折扣的房产' }, { value: 'rules', label: '折扣办法' }]} />
  return rules ? <Rules tabs={tabs} /> : <Houses tabs={tabs} />
}

const FILTERS: readonly Filter[] = [{ kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['discount']) }]
const TONES = { asked: 'warn', active: 'good', ended: 'plain', refused: 'bad', withdrawn: 'plain' } as const

function Houses({ tabs }: { tabs: React.ReactNode }) {
  const { place_id } = usePlace()
  const list = useList(billing.houseDiscounts, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const end = useWrite(billing.endHouseDiscount, { in_form: true, done: '已结束' })
  const [ending, setEnding] = useState<HouseDiscountRow>()
  const columns = useMemo(
    (): readonly Column<HouseDiscountRow>[] => [
      { key: 'house_label', title: '房号', width: 120, always: true, show: (r) => <Go to={`/property/houses/${r.house_id}`}>{r.house_label}</Go> },
      { key: 'community_name', title: '小区', width: 110, hidden: true },
      { key: 'rule_name', title: '折扣', width: 130 },
      { key: 'pay_bp', title: '缴纳比例', width: 90, align: 'right', show: (r) => rate(r.pay_bp) },
      { key: 'from_on', title: '起', width: 105 },
      { key: 'to_on', title: '止(不含)', width: 105, show: (r) => r.to_on ?? '长期' },
      { key: 'proof', title: '证明与查验', width: 240 },
      { key: 'state', title: '状态', width: 85, show: (r) => <StateTag value={r.state} words={words.states?.['discount']} tones={TONES} /> },
      { key: 'reduced_fen', title: '累计折扣', width: 105 },
      { key: 'asked_by_name', title: '申请人', width: 90 },
      { key: 'done_by_name', title: '审批人', width: 90, show: (r) => <Go to={`/system/approvals/${r.approval_id}`}>{r.done_by_name ?? '查看审批'}</Go> },
      { key: 'act', title: '操作', width: 80, show: (r) => (r.state === 'active' ? <CanButton size="small" can={r.can.end} words={words} onClick={() => setEnding(r)}>结束</CanButton> : null) },
    ],
    [],
  )
  return (
    <>
      <ListPage {...list} title="空置与折扣" name="billing.discounts" columns={columns} row_key="discount_id" excel={billing.houseDiscountsExcel} actions={tabs} empty={{ text: '没有享受折扣的房产。在房产档案的「收费标准」中申请' }} />
      {ending ? <FormModal open call={billing.endHouseDiscount} title={`结束 ${ending.house_label} 的${ending.rule_name}`} submit="结束" onClose={() => { setEnding(undefined); end.reset() }} fields={['to_on', 'reason']} fixed={{ discount_id: ending.discount_id }} loading={end.running} submitError={end.error} onSubmit={async (input) => { if (await end.run(input)) setEnding(undefined) }} /> : null}
    </>
  )
}

function Rules({ tabs }: { tabs: React.ReactNode }) {
  const { place_id } = usePlace()
  const writes = useMay()('billing.discount.write')
  const rules = useRead(billing.discountRules, place_id ? { community_id: place_id } : {})
  const items = useRead(billing.feeItems, place_id ? { community_id: place_id } : {}, { enabled: place_id !== undefined })
  const save = useWrite(billing.saveDiscountRule, { in_form: true, done: '已保存' })
  const end = useWrite(billing.endDiscountRule, { in_form: true, done: '已停用' })
  const [open, setOpen] = useState(false)
  const [ending, setEnding] = useState<DiscountRule>()
  return (
    <ReadPage title="空置与折扣" loading={rules.loading} error={rules.error} retry={rules.retry} actions={<>{tabs}{writes ? <PlaceButton type="primary" onPlace={() => setOpen(true)}>新增办法</PlaceButton> : null}</>}>
      <RowsTable
        label="折扣办法" rows={rules.data?.rows ?? []} row_key="rule_id" empty="还没有折扣办法"
        columns={[
          { key: 'name', title: '名称', width: 150 },
          { key: 'community_name', title: '小区', width: 120 },
          { key: 'fee_items', title: '适用收费项目', width: 220, show: (r) => r.fee_items.map((i) => i.name).join('、') },
          { key: 'pay_bp', title: '缴纳比例', width: 90, align: 'right', show: (r) => rate(r.pay_bp) },
          { key: 'from_on', title: '起', width: 105 },
          { key: 'to_on', title: '止(不含)', width: 105, show: (r) => r.to_on ?? '长期' },
          { key: 'basis', title: '依据', width: 200 },
          { key: 'house_count', title: '在用户数', width: 90 },
          { key: 'act', title: '操作', width: 80, show: (r) => (writes && !r.to_on ? <Button size="small" onClick={() => setEnding(r)}>停用</Button> : null) },
        ]}
      />
      {open && place_id ? (
        <FormDrawer
          open call={billing.saveDiscountRule} title="新增折扣办法" onClose={() => { setOpen(false); save.reset() }} loading={save.running} submitError={save.error} fixed={{ community_id: place_id }}
          fields={['name', { name: 'fee_item_ids', kind: 'many', options: (items.data?.rows ?? []).map((i) => ({ value: i.fee_item_id, label: i.name })) }, { name: 'pay_bp', label: '按应收的百分之几缴纳', kind: 'whole', suffix: '%', send: (v) => (typeof v === 'number' ? v * 100 : v), help: '空置按 70% 缴纳填 70' }, 'from_on', 'to_on', 'basis']}
          onSubmit={async (input) => { if (await save.run(input)) setOpen(false) }}
        />
      ) : null}
      {ending ? <FormModal open call={billing.endDiscountRule} title={`停用${ending.name}`} submit="停用" onClose={() => { setEnding(undefined); end.reset() }} fields={['to_on']} fixed={{ rule_id: ending.rule_id }} loading={end.running} submitError={end.error} onSubmit={async (input) => { if (await end.run(input)) setEnding(undefined) }} /> : null}
    </ReadPage>
  )
}
