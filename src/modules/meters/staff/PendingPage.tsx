import { Button } from 'antd-mobile'
import { useState } from 'react'
import { instant } from '../../../ui/format.ts'
import { Sheet, Tag } from '../../../ui/phone/bits.tsx'
import { confirm } from '../../../ui/phone/confirm.ts'
import type { Entry } from '../../../ui/phone/outbox.ts'
import { discardEntry, useOutbox } from '../../../ui/phone/outbox_sender.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { StateBlock } from '../../../ui/phone/states.tsx'
import { monthText } from '../../../ui/phone/text.ts'
import { OutboxCard } from './OutboxCard.tsx'
import { ReadingForm } from './ReadingForm.tsx'
import { KIND_WORDS, valueOf, type RoundRow } from './round.ts'

/** What the server refused, until a person has changed or discarded it; and what still waits. */
export function PendingPage() {
  const { entries } = useOutbox()
  const [open, setOpen] = useState<Entry | undefined>()
  const refused = entries.filter((e) => e.state === 'refused')
  const waiting = entries.filter((e) => e.state === 'waiting')
  return (
    <Page title="待处理" back="/mine">
      <OutboxCard />
      {entries.length === 0 ? <StateBlock icon="ok" title="没有待处理的记录" text="抄的读数都已上传" /> : null}
      {refused.length > 0 ? (
        <section className="ph-section">
          <h2 className="ph-h2">没有通过</h2>
          {refused.map((e) => <RefusedCard key={e.request_id} entry={e} edit={() => setOpen(e)} />)}
        </section>
      ) : null}
      {waiting.length > 0 ? (
        <section className="ph-section">
          <h2 className="ph-h2">等待上传</h2>
          <ul className="ph-list">{waiting.map((e) => <li key={e.request_id} className="ph-row"><span className="ph-row-body"><About entry={e} /></span><span className="ph-row-side"><span className="ph-strong ph-num">{valueOf(e)}</span><span style={{ display: 'block' }}><Tag kind="busy">待上传</Tag></span></span></li>)}</ul>
        </section>
      ) : null}
      <Sheet open={open !== undefined} title={open?.about['house_label'] ?? ''} close={() => setOpen(undefined)}>{open ? <ReadingForm row={asRow(open)} saved={() => setOpen(undefined)} /> : null}</Sheet>
    </Page>
  )
}

function RefusedCard({ entry, edit }: { entry: Entry; edit: () => void }) {
  const label = entry.about['house_label'] ?? ''
  const drop = async (): Promise<void> => {
    if (await confirm({ title: `放弃 ${label} 的记录「${valueOf(entry)}」?`, text: '放弃后手机上不再保留,需要时可重新抄。', yes: '放弃' })) await discardEntry(entry.request_id)
  }
  return (
    <article className="ph-card ph-section">
      <p className="ph-between"><About entry={entry} /><span className="ph-strong ph-num">{valueOf(entry)}</span></p>
      <p className="ph-fault">{entry.refusal?.message}</p>
      <div className="st-two">
        <Button className="ph-mid" aria-label={`放弃 ${label}`} onClick={() => void drop()}>放弃</Button>
        <Button className="ph-mid" color="primary" aria-label={`修改 ${label}`} onClick={edit}>修改</Button>
      </div>
    </article>
  )
}

function About({ entry }: { entry: Entry }) {
  const { about, input } = entry
  return (
    <span>
      <span className="ph-strong">{about['house_label']}</span>
      <span className="ph-weak ph-small" style={{ display: 'block' }}>{KIND_WORDS[about['kind'] as RoundRow['kind']]} {about['meter_no']} · {monthText(String(input['period']))} · {instant(entry.queued_at)}</span>
    </span>
  )
}

/** Enough of the row for the form: the round itself may no longer be on the phone. */
function asRow(e: Entry): RoundRow {
  const a = e.about
  return {
    meter_id: String(e.input['meter_id']), point_id: '', period: String(e.input['period']), meter_no: a['meter_no'] ?? '', kind: a['kind'] as RoundRow['kind'], multiplier: a['multiplier'] ?? '1', community_id: '', building_id: a['building_id'] ?? null, building_name: a['building_name'] ?? '', house_id: '', house_label: a['house_label'] ?? '', floor_no: 0,
    previous: a['previous'] || null, mean_usage: a['mean_usage'] || null, high_above: a['high_above'] || null, estimated_since: a['estimated_since'] || null, whole_digits: a['whole_digits'] ? Number(a['whole_digits']) : null, parts: a['parts'] ? (JSON.parse(a['parts']) as RoundRow['parts']) : [], rolled: false, carried_in: '0', doubts: [], has_photo: false, unread: null, reading_id: null, reading: null, usage: null, state: null, read_on: null, source: null, note: null, read_by_name: null, can: { record: true, correct: 'meters.already_read', settle: 'meters.not_billed', confirm: 'meters.not_suspect' }, entry: e,
  }
}
