import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { messages } from '../contract.ts'
import type { PushSend } from '../contract_push.ts'
import { words } from '../words.ts'

const COLUMNS: readonly Column<PushSend>[] = [
  { key: 'created_at', title: '时间', width: 160, always: true },
  { key: 'person', title: '接收人', width: 130, always: true },
  { key: 'title', title: '消息', width: 220 },
  { key: 'state', title: '状态', width: 120, show: (r) => <StateTag value={r.state} words={words.states?.['push']} tones={{ sent: 'good', sending: 'busy', gone: 'plain', failed: 'bad', unknown: 'warn' }} /> },
  { key: 'failure', title: '原因', width: 220 },
  { key: 'browser', title: '浏览器', width: 140 },
  { key: 'service', title: '推送服务', width: 110 },
  { key: 'ended_at', title: '应答时间', width: 160 },
]
const FILTERS: readonly Filter[] = [
  { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['push']) },
  { kind: 'days', names: ['from_on', 'to_on'], label: '日期' },
]

export default function PushSendsPage() {
  const list = useList(messages.pushSends, { filters: FILTERS })
  return <ListPage {...list} title="推送记录" name="messages.push_sends" columns={COLUMNS} row_key="send_id" empty={{ text: '没有推送记录' }} />
}
