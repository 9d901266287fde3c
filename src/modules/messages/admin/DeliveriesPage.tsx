import { useMemo } from 'react'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { useRead } from '../../../ui/api.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { messages, type Delivery } from '../contract.ts'
import { words } from '../words.ts'

const COLUMNS: readonly Column<Delivery>[] = [
  { key: 'created_at', title: '时间', width: 160, always: true },
  { key: 'phone_masked', title: '手机号', width: 130, always: true },
  { key: 'template_zh', title: '模板', width: 140 },
  { key: 'body', title: '正文', width: 420, show: (r) => r.body ?? <span className="hy-muted">(验证码或已过 7 天,不显示)</span> },
  { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states?.['state']} tones={{ sent: 'good', failed: 'bad', sending: 'busy' }} /> },
  { key: 'failure', title: '失败原因', width: 180 },
  { key: 'provider', title: '通道', width: 110 },
  { key: 'sent_at', title: '发出时间', width: 160 },
]

export default function DeliveriesPage() {
  const known = useRead(messages.deliveries, { page: 1, page_size: 1 }, { stale_ms: 60_000 })
  const filters = useMemo(
    (): readonly Filter[] => [
      { kind: 'text', name: 'phone', label: '手机号', placeholder: '完整 11 位' },
      { kind: 'select', name: 'template', label: '模板', options: (known.data?.templates ?? []).map((t) => ({ value: t.code, label: t.zh })), loading: known.loading },
      { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['state']) },
      { kind: 'days', names: ['from_on', 'to_on'], label: '日期' },
    ],
    [known.data, known.loading],
  )
  const list = useList(messages.deliveries, { filters })
  return <ListPage {...list} title="短信记录" name="messages.deliveries" columns={COLUMNS} row_key="sms_id" empty={{ text: known.data?.provider === null ? '尚未配置短信通道,没有短信记录' : '没有短信记录' }} />
}
