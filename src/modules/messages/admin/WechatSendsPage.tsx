import { useMemo } from 'react'
import { useRead } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { messages } from '../contract.ts'
import type { WechatSend } from '../contract_wechat.ts'
import { words } from '../words.ts'

const COLUMNS: readonly Column<WechatSend>[] = [
  { key: 'created_at', title: '时间', width: 160, always: true },
  { key: 'phone_masked', title: '手机号', width: 130, always: true },
  { key: 'template_zh', title: '模板', width: 140 },
  { key: 'state', title: '状态', width: 110, show: (r) => <StateTag value={r.state} words={words.states?.['wechat']} tones={{ delivered: 'good', sent: 'busy', sending: 'busy', undeliverable: 'warn', failed: 'bad', unknown: 'warn' }} /> },
  { key: 'failure', title: '原因', width: 200 },
  { key: 'msgid', title: '微信消息编号', width: 140 },
  { key: 'report', title: '送达回执', width: 110 },
  { key: 'sent_at', title: '受理时间', width: 160 },
  { key: 'ended_at', title: '回执时间', width: 160 },
]

export default function WechatSendsPage() {
  const known = useRead(messages.wechatSends, { page: 1, page_size: 1 }, { stale_ms: 60_000 })
  const filters = useMemo(
    (): readonly Filter[] => [
      { kind: 'text', name: 'phone', label: '手机号', placeholder: '完整 11 位' },
      { kind: 'select', name: 'template', label: '模板', options: (known.data?.templates ?? []).map((t) => ({ value: t.code, label: t.zh })), loading: known.loading },
      { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['wechat']) },
      { kind: 'days', names: ['from_on', 'to_on'], label: '日期' },
    ],
    [known.data, known.loading],
  )
  const list = useList(messages.wechatSends, { filters })
  return <ListPage {...list} title="微信消息记录" name="messages.wechat_sends" columns={COLUMNS} row_key="send_id" empty={{ text: '没有微信消息记录' }} />
}
