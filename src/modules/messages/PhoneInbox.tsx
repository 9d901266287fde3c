// Messages on the phones, both faces.
import { Button } from 'antd-mobile'
import { faceName, useWrite } from '../../ui/api.ts'
import { instant } from '../../ui/format.ts'
import { Chips, Tag } from '../../ui/phone/bits.tsx'
import { Page } from '../../ui/phone/Page.tsx'
import { useGrowing } from '../../ui/phone/pages.ts'
import { Link, go, useQuerySetter, useQueryText } from '../../ui/phone/router.tsx'
import { Bones, Loaded, StateBlock } from '../../ui/phone/states.tsx'
import { OPTIONAL, messages, type Message } from './contract.ts'
import { words } from './words.ts'

const KINDS = [{ value: 'all', label: '全部' }, ...(['fee', 'work', 'notice'] as const).map((value) => ({ value, label: words.states!['category']![value]! }))]

export function InboxPage() {
  const asked = useQueryText('category')
  const set = useQuerySetter()
  const category = OPTIONAL.find((c) => c === asked)
  const list = useGrowing(messages.inbox, category ? { category } : {})
  const read = useWrite(messages.markRead)
  return (
    <Page title="消息" back="/" right={list.data && list.data.unread_count > 0 ? <button type="button" className="ph-text-button" onClick={() => void read.run({})}>全部已读</button> : null}>
      <Chips label="消息类别" choices={KINDS} value={category ?? 'all'} choose={(v) => set('category', v === 'all' ? undefined : v)} />
      <Loaded reading={list}>
        {({ rows }) =>
          rows.length === 0 ? <StateBlock icon="mail" title="没有消息" text="账单、通知和报修进展会显示在这里" /> : (
            <>
              <ul className="ph-list">{rows.map((m) => <Item key={m.message_id} message={m} read={() => { if (!m.read_at) void read.run({ message_ids: [m.message_id] }, m.message_id) }} />)}</ul>
              {list.loadingMore ? <Bones rows={1} /> : list.more ? <Button className="ph-big" block onClick={list.loadMore}>查看更早的消息</Button> : null}
            </>
          )
        }
      </Loaded>
      {faceName() === 'resident' ? <p className="ph-center"><Link className="ph-small" to="/mine/messages">消息接收设置</Link></p> : null}
    </Page>
  )
}

function Item({ message: m, read }: { message: Message; read: () => void }) {
  return (
    <li>
      <button type="button" className="ph-row" onClick={() => { read(); if (m.link) go(m.link) }}>
        <span className="ph-row-body">
          <span className="ph-line">{m.read_at ? null : <Tag kind="bad">未读</Tag>}<span className={m.read_at ? '' : 'ph-strong'}>{m.title}</span></span>
          <span className="ph-small" style={{ display: 'block' }}>{m.body}</span>
          <span className="ph-weak ph-small" style={{ display: 'block' }}>{instant(m.created_at)}</span>
        </span>
      </button>
    </li>
  )
}
