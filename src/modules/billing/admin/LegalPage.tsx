import { StateTag, MoneyText } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { usePlace } from '../../../ui/session.ts'
import { billing, type LegalRow } from '../contract.ts'
import { words } from '../words.ts'

const FILTERS: readonly Filter[] = [{ kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['legal_case']) }]
const COLUMNS: readonly Column<LegalRow>[] = [
  { key: 'house_label', title: '房号', width: 120, always: true },
  { key: 'community_name', title: '小区', width: 110, hidden: true },
  { key: 'payer_name', title: '欠费人', width: 100 },
  { key: 'bill_count', title: '账单数', width: 80 },
  { key: 'claimed_fen', title: '立案时未收', width: 110 },
  { key: 'open_fen', title: '现在未收', width: 110, show: (r) => <MoneyText fen={r.open_fen} owed /> },
  { key: 'last_step', title: '最近一步', width: 150, show: (r) => (r.last_step ? `${r.last_on ?? ''} ${words.states?.['legal_step']?.[r.last_step] ?? ''}` : '—') },
  { key: 'expires_on', title: '时效届满日', width: 110 },
  { key: 'opened_on', title: '立案日', width: 105 },
  { key: 'state', title: '状态', width: 110, show: (r) => <StateTag value={r.outcome ?? r.state} words={{ ...words.states?.['legal_case'], ...words.states?.['outcome'] }} tones={{ open: 'warn', paid: 'good', settled: 'good' }} /> },
]
export default function LegalPage() {
  const { place_id } = usePlace()
  const list = useList(billing.legalCases, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  return <ListPage {...list} title="法务催收" name="billing.legal" columns={COLUMNS} row_key="case_id" excel={billing.legalCasesExcel} href={(r) => `/billing/legal/${r.case_id}`} empty={{ text: '没有法务催收案。在房产档案的账单页立案' }} />
}
