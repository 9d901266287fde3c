import { Button } from 'antd'
import { useMemo } from 'react'
import { Go, useGo } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { count } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { usePlace } from '../../../ui/session.ts'
import { system, type ImportBatch } from '../contract.ts'
import { words } from '../words.ts'
import { rowsAt } from './rows_at.ts'
import { STATE_TONES } from './tones.ts'

function Count({ r, which, n }: { r: ImportBatch; which: 'bad' | 'new' | 'change' | 'same'; n: number }) {
  const to = rowsAt(r, which, n)
  const text = <span className={which === 'bad' && n > 0 ? 'hy-red' : ''}>{count(n)}</span>
  return to ? <Go to={to}>{text}</Go> : text
}

const COLUMNS: readonly Column<ImportBatch>[] = [
  { key: 'file_name', title: '文件', width: 220, always: true },
  { key: 'kind_zh', title: '内容', width: 100 },
  { key: 'community_name', title: '小区', width: 110 },
  { key: 'state', title: '状态', width: 84, show: (r) => <StateTag value={r.state} words={words.states?.['import_state']} tones={STATE_TONES} /> },
  { key: 'row_count', title: '行数', width: 74 },
  { key: 'bad_count', title: '有错', width: 64, show: (r) => <Count r={r} which="bad" n={r.bad_count} /> },
  { key: 'counts', title: '新增 / 更新 / 无变化', width: 160, show: (r) => <><Count r={r} which="new" n={r.counts.new} /> / <Count r={r} which="change" n={r.counts.change} /> / <Count r={r} which="same" n={r.counts.same} /></> },
  { key: 'created_by_name', title: '操作人', width: 90 },
  { key: 'created_at', title: '上传时间', width: 140 },
  { key: 'applied_at', title: '入库时间', width: 140 },
]

export default function ImportsPage() {
  const go = useGo()
  const { place_id } = usePlace()
  const kinds = useRead(system.importKinds, {}, { stale_ms: 60_000 })
  const filters = useMemo(
    (): readonly Filter[] => [
      { kind: 'select', name: 'kind', label: '内容', options: (kinds.data?.rows ?? []).map((k) => ({ value: k.kind, label: k.zh })), loading: kinds.loading },
      { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['import_state']) },
    ],
    [kinds.data, kinds.loading],
  )
  const list = useList(system.imports, { filters, fixed: place_id ? { community_id: place_id } : {} })
  const start = <Button type="primary" onClick={() => go('/system/imports/new')}>新的导入</Button>
  return <ListPage {...list} title="数据导入" name="system.imports" columns={COLUMNS} row_key="import_id" href={(r) => `/system/imports/${r.import_id}`} actions={start} empty={{ text: '还没有导入过', next: start }} />
}
