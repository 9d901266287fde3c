// 合同台账: every contract with its state and days left; what runs out and what ran out unrenewed stand above.
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { useSearchState } from '../../../ui/address.tsx'
import { fileUrl, useRead } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { contracts, type ContractRow } from '../contract.ts'
import { CONTRACT_TONES, leftText, partiesText, spanText } from '../shown.ts'
import { words } from '../words.ts'
import { ContractDrawer } from './ContractDrawer.tsx'

const COLUMNS: readonly Column<ContractRow>[] = [
  { key: 'no', title: '合同编号', width: 130, always: true }, { key: 'title', title: '名称', width: 180 }, { key: 'kind_name', title: '种类', width: 115 }, { key: 'state', title: '状态', width: 80, show: (r) => <StateTag value={r.state} words={words.states!['contract']} tones={CONTRACT_TONES} /> },
  { key: 'days_left', title: '到期', width: 95, align: 'left', show: (r) => <span className={r.state === 'expired' ? 'hy-red hy-strong' : ''}>{leftText(r)}</span> }, { key: 'span', title: '期限', width: 205, show: spanText }, { key: 'parties', title: '当事人', width: 165, show: (r) => partiesText(r.parties) }, { key: 'amount_fen', title: '金额', width: 110 }, { key: 'keeper_name', title: '责任人', width: 75 },
  { key: 'community_name', title: '小区', width: 100, hidden: true, show: (r) => r.community_name ?? '全公司' }, { key: 'signed_on', title: '签署日', width: 105, hidden: true }, { key: 'pay_terms', title: '付款方式', width: 180, hidden: true }, { key: 'paper_count', title: '文件', width: 65, hidden: true }, { key: 'posted', title: '公示', width: 75, hidden: true, show: (r) => (r.posted ? '已公示' : '') }, { key: 'created_at', title: '建立时间', width: 145, hidden: true },
]
export default function ContractsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [adding, setAdding] = useState(false)
  const [search, setSearch] = useSearchState()
  const kinds = useRead(contracts.kinds, {}, { stale_ms: 60_000 })
  const filters = useMemo((): readonly Filter[] => [
    { kind: 'text', name: 'q', label: '关键词', placeholder: '编号、名称、当事人' }, { kind: 'select', name: 'kind_id', label: '种类', options: (kinds.data?.rows ?? []).map((k) => ({ value: k.kind_id, label: k.name })), loading: kinds.loading }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states!['contract']) },
    { kind: 'select', name: 'within_days', label: '到期', number: true, options: [7, 30, 60, 90, 180].map((n) => ({ value: String(n), label: `${n} 天内` })) }, { kind: 'days', names: ['from_on', 'to_on'], label: '起期' }, { kind: 'check', name: 'mine', label: '我负责的' },
  ], [kinds.data, kinds.loading])
  const list = useList(contracts.contracts, { filters, fixed: place_id ? { community_id: place_id } : {} })
  const n = list.data?.counts
  const none = { state: undefined, within_days: undefined, page: undefined }
  const quick = [
    { key: 'due', label: '90 天内到期', count: n?.due_count, on: search['within_days'] === '90', to: { ...none, within_days: '90' }, bad: false }, { key: 'expired', label: '已到期未续', count: n?.expired_count, on: search['state'] === 'expired', to: { ...none, state: 'expired' }, bad: true },
    { key: 'signing', label: '待签', count: n?.signing_count, on: search['state'] === 'signing', to: { ...none, state: 'signing' }, bad: false }, { key: 'draft', label: '草拟', count: n?.draft_count, on: search['state'] === 'draft', to: { ...none, state: 'draft' }, bad: false },
  ]
  return (
    <>
      <ListPage
        {...list} title="合同台账" name="contracts.contracts" columns={COLUMNS} row_key="contract_id" href={(r) => `/contracts/list/${r.contract_id}`} excel={may('contracts.contract.export') ? contracts.contractsExcel : undefined} totals={(d) => ({ amount_fen: money(d.amount_fen_sum) })}
        note={<div className="hy-line" role="group" aria-label="常看"><Button size="small" type={!search['state'] && !search['within_days'] ? 'primary' : 'default'} onClick={() => setSearch(none)}>全部</Button>{quick.map((b) => <Button key={b.key} size="small" danger={b.bad && (b.count ?? 0) > 0} type={b.on ? 'primary' : 'default'} aria-pressed={b.on} onClick={() => setSearch(b.on ? none : b.to)}>{b.label} {b.count ?? ''}</Button>)}</div>}
        actions={<>{(list.data?.total ?? 0) > 0 ? <Button href={fileUrl(contracts.contractsPdf, list.asked)} target="_blank">打印台账</Button> : null}{may('contracts.contract.write') ? <Button type="primary" onClick={() => setAdding(true)}>起草合同</Button> : null}</>}
        empty={{ text: '没有符合条件的合同', ...(may('contracts.contract.write') ? { next: <Button onClick={() => setAdding(true)}>起草合同</Button> } : {}) }}
      />
      {adding ? <ContractDrawer close={() => setAdding(false)} /> : null}
    </>
  )
}
