// 待处理: what the server refused, until a person has put it right or given it up; and what still waits.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { Sheet, Tag } from './bits.tsx'
import { confirm } from './confirm.ts'
import { isHeld, type Entry } from './outbox.ts'
import { discardEntry, tryAgain, useOutbox, type OutboxKind } from './outbox_sender.ts'
import { OutboxCard } from './OutboxCard.tsx'
import { Page } from './Page.tsx'
import { Link } from './router.tsx'
import { StateBlock } from './states.tsx'

export function PendingPage({ kinds }: { kinds: readonly OutboxKind[] }) {
  const { entries } = useOutbox()
  const [open, setOpen] = useState<Entry | undefined>()
  const kindOf = (e: Entry): OutboxKind | undefined => kinds.find((k) => k.call.name === e.call)
  const refused = entries.filter((e) => e.state === 'refused')
  const waiting = entries.filter((e) => e.state === 'waiting')
  const shut = () => setOpen(undefined)
  return (
    <Page title="待处理" back="/mine">
      <OutboxCard />
      {entries.length === 0 ? <StateBlock icon="ok" title="没有待处理的记录" text="手机上的记录都已上传" /> : null}
      {refused.length > 0 ? (
        <section className="ph-section">
          <h2 className="ph-h2">没有通过</h2>
          {refused.map((e) => <RefusedCard key={e.request_id} entry={e} kind={kindOf(e)} behind={waiting.filter((x) => isHeld([e], x))} edit={() => setOpen(e)} />)}
        </section>
      ) : null}
      {waiting.length > 0 ? (
        <section className="ph-section">
          <h2 className="ph-h2">等待上传</h2>
          <ul className="ph-list">{waiting.map((e) => <li key={e.request_id} className="ph-row"><span className="ph-row-body"><About entry={e} kind={kindOf(e)} /></span><span className="ph-row-side"><span className="ph-strong ph-num">{kindOf(e)?.value(e)}</span><span style={{ display: 'block' }}>{isHeld(entries, e) ? <Tag kind="warn">等前一步</Tag> : <Tag kind="busy">待上传</Tag>}</span></span></li>)}</ul>
        </section>
      ) : null}
      <Sheet open={open !== undefined} title={open ? (kindOf(open)?.title(open) ?? '') : ''} close={shut}>{open ? kindOf(open)?.edit?.(open, shut) : null}</Sheet>
    </Page>
  )
}

function RefusedCard({ entry, kind, behind, edit }: { entry: Entry; kind: OutboxKind | undefined; behind: readonly Entry[]; edit: () => void }) {
  const label = kind?.title(entry) ?? ''
  const value = kind?.value(entry) ?? entry.call
  const drop = async (all: boolean): Promise<void> => {
    const gone = all ? [entry, ...behind] : [entry]
    if (await confirm({ title: `放弃 ${label} 的记录「${value}」${gone.length > 1 ? `等 ${gone.length} 条` : ''}?`, text: '放弃后手机上不再保留,需要时可重新登记。', yes: '放弃' })) await discardEntry(...gone)
  }
  return (
    <article className="ph-card ph-section">
      <p className="ph-between"><About entry={entry} kind={kind} /><span className="ph-strong ph-num">{value}</span></p>
      <p className="ph-fault">{entry.refusal?.message}</p>
      {behind.length > 0 ? <p className="ph-weak ph-small">后面还有 {behind.length} 条在等它:{behind.map((e) => kind?.value(e)).join('、')}</p> : null}
      {kind?.link ? <Link to={kind.link(entry)}>查看现在的情况</Link> : null}
      <div className="st-two">
        <Button className="ph-mid" aria-label={`放弃${behind.length > 0 ? '这条' : ''} ${label}`} onClick={() => void drop(false)}>放弃{behind.length > 0 ? '这条' : ''}</Button>
        {kind?.edit ? <Button className="ph-mid" color="primary" aria-label={`修改 ${label}`} onClick={edit}>修改</Button> : <Button className="ph-mid" color="primary" aria-label={`再传一次 ${label}`} onClick={() => void tryAgain(entry)}>再传一次</Button>}
      </div>
      {behind.length > 0 ? <Button className="ph-mid" block onClick={() => void drop(true)}>连同后面的全部放弃</Button> : null}
    </article>
  )
}

function About({ entry, kind }: { entry: Entry; kind: OutboxKind | undefined }) {
  return (
    <span>
      <span className="ph-strong">{kind?.title(entry) ?? entry.subject}</span>
      <span className="ph-weak ph-small" style={{ display: 'block' }}>{kind?.under(entry)}</span>
    </span>
  )
}
