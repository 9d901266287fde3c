// 审批中心: what waits for me, what I asked for, what I decided.
import { Segmented } from 'antd'
import { useMemo } from 'react'
import { useRead } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { count } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { usePlace } from '../../../ui/session.ts'
import { system, type ApprovalRow } from '../contract.ts'
import { words } from '../words.ts'
import { APPROVAL_TONES } from './tones.ts'

type Box = 'todo' | 'asked' | 'decided' | 'all'
const BOXES: readonly Box[] = ['todo', 'asked', 'decided', 'all']
const EMPTY: Record<Box, string> = { todo: '没有等您审批的申请', asked: '您还没有提交过申请', decided: '您还没有审批过申请', all: '没有审批记录' }

const COLUMNS: readonly Column<ApprovalRow>[] = [
  { key: 'title', title: '内容', width: 320, always: true },
  { key: 'kind_zh', title: '事项', width: 110 },
  { key: 'amount_fen', title: '金额', width: 110 },
  { key: 'reason', title: '申请理由', width: 200 },
  { key: 'community_name', title: '小区', width: 110, show: (r) => r.community_name ?? '全公司' },
  { key: 'asked_by_name', title: '申请人', width: 90 },
  { key: 'asked_at', title: '申请时间', width: 140 },
  { key: 'state', title: '状态', width: 84, show: (r) => <StateTag value={r.state} words={words.states?.['approval']} tones={APPROVAL_TONES} /> },
  { key: 'step_zh', title: '当前审批', width: 200, show: (r) => (r.state === 'asked' ? `${r.step_no}/${r.step_count} ${r.step_zh}` : '—') },
  { key: 'closed_at', title: '结束时间', width: 140, hidden: true },
]

export default function ApprovalsPage() {
  const { place_id } = usePlace()
  const fixed = place_id ? { community_id: place_id } : {}
  const kinds = useRead(system.approvals, { page_size: 1 }, { stale_ms: 600_000 }).data?.kinds ?? NONE
  const filters = useMemo(
    (): readonly Filter[] => [
      { kind: 'custom', name: 'box', label: '范围', render: (v, set) => <Segmented<Box> aria-label="范围" value={BOXES.find((b) => b === v) ?? 'todo'} onChange={(b) => set(b === 'todo' ? undefined : b)} options={BOXES.map((b) => ({ value: b, label: words.states?.['approval_box']?.[b] ?? b }))} /> },
      { kind: 'select', name: 'kind', label: '事项', options: kinds.map((k) => ({ value: k.kind, label: k.zh })) },
      { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['approval']) },
    ],
    [kinds],
  )
  const list = useList(system.approvals, { filters, fixed })
  const box = BOXES.find((b) => b === list.search['box']) ?? 'todo'
  const todo = list.data?.todo_count ?? 0
  return (
    <ListPage
      {...list} title="审批中心" name="system.approvals" columns={COLUMNS} row_key="approval_id" href={(r) => `/system/approvals/${r.approval_id}`} empty={{ text: EMPTY[box] }}
      note={todo && box !== 'todo' ? <span className="hy-muted">另有 {count(todo)} 件等您审批</span> : null}
    />
  )
}

const NONE: readonly { kind: string; zh: string }[] = []
