import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { MoneyText } from '../../../ui/bits.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { usePlace } from '../../../ui/session.ts'
import { billing, type PlanRow } from '../contract.ts'
import { words } from '../words.ts'
import { PLAN_TONES } from './shown.tsx'

const FILTERS: readonly Filter[] = [{ kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['plan']) }]
const COLUMNS: readonly Column<PlanRow>[] = [
  { key: 'no', title: '协议号', width: 150, always: true },
  { key: 'house_label', title: '房号', width: 120 },
  { key: 'community_name', title: '小区', width: 110, hidden: true },
  { key: 'payer_name', title: '缴费人', width: 100 },
  { key: 'amount_fen', title: '分期总额', width: 110 },
  { key: 'settled_fen', title: '已缴', width: 110 },
  { key: 'part_count', title: '期数', width: 70 },
  { key: 'next_on', title: '下期应缴日', width: 110 },
  { key: 'behind_fen', title: '逾期未缴', width: 110, show: (r) => <MoneyText fen={r.behind_fen} owed /> },
  { key: 'signed_on', title: '签订日', width: 105 },
  { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states?.['plan']} tones={PLAN_TONES} /> },
]
export default function PlansPage() {
  const { place_id } = usePlace()
  const list = useList(billing.plans, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  return <ListPage {...list} title="分期协议" name="billing.plans" columns={COLUMNS} row_key="plan_id" excel={billing.plansExcel} href={(r) => `/billing/plans/${r.plan_id}`} empty={{ text: '没有分期协议。在房产档案的账单页签订' }} />
}
