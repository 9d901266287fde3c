import { Button } from 'antd'
import { Go } from '../../../ui/address.tsx'
import { useWrite } from '../../../ui/api.ts'
import type { Column } from '../../../ui/columns.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { messages, type Message } from '../contract.ts'
import { words } from '../words.ts'

const FILTERS: readonly Filter[] = [
  { kind: 'select', name: 'category', label: '类别', options: optionsOf(words.states?.['category']) },
  { kind: 'check', name: 'unread_only', label: '只看未读' },
]

/** Of whoever is signed in. Opening what a message speaks of marks it read. */
export default function InboxPage() {
  const list = useList(messages.inbox, { filters: FILTERS })
  const read = useWrite(messages.markRead)
  const columns: readonly Column<Message>[] = [
    { key: 'title', title: '标题', width: 220, always: true, show: (r) => <span className={r.read_at ? undefined : 'hy-strong'}>{r.read_at ? '' : '● '}{r.title}</span> },
    { key: 'body', title: '内容', width: 480 },
    { key: 'category', title: '类别', width: 90, show: (r) => words.states?.['category']?.[r.category] },
    { key: 'created_at', title: '时间', width: 160 },
    {
      key: 'act', title: '操作', width: 150,
      show: (r) => (
        <span className="hy-line">
          {r.link ? <span onClickCapture={() => { if (!r.read_at) void read.run({ message_ids: [r.message_id] }, r.message_id) }}><Go to={r.link}>查看</Go></span> : null}
          {r.read_at ? null : <Button size="small" onClick={() => void read.run({ message_ids: [r.message_id] }, r.message_id)}>已读</Button>}
        </span>
      ),
    },
  ]
  return (
    <ListPage
      {...list} title="我的消息" name="messages.inbox" columns={columns} row_key="message_id" empty={{ text: '没有消息' }}
      actions={list.data && list.data.unread_count > 0 ? <Button loading={read.running} onClick={() => void read.run({})}>全部已读</Button> : null}
    />
  )
}
