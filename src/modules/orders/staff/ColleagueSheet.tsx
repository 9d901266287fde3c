import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { Field, Tag } from '../../../ui/phone/bits.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { orders, type OrderFull } from '../contract.ts'

/** To whom it goes on, or who should come and help. */
export function ColleagueSheet({ o, kind, done }: { o: OrderFull; kind: 'transfer' | 'help'; done: () => void }) {
  const reading = useRead(orders.candidates, { order_id: o.order_id })
  const transfer = useWrite(orders.transferOrder, { done: '已转出', in_form: true })
  const help = useWrite(orders.helpOrder, { done: '已通知协助', in_form: true })
  const [who, setWho] = useState('')
  const [text, setText] = useState('')
  const act = kind === 'help' ? help : transfer
  const submit = async (): Promise<void> => {
    const to = { order_id: o.order_id, account_id: who }
    const sent = kind === 'help' ? await help.run({ ...to, ...(text.trim() ? { note: text.trim() } : {}) }) : await transfer.run({ ...to, reason: text })
    if (sent) done()
  }
  return (
    <form className="ph-section" onSubmit={(e) => { e.preventDefault(); void submit() }}>
      <Loaded reading={reading}>
        {({ rows }) => (rows.length === 0 ? <StateBlock icon="people" title="没有别的人可选" text="请联系调度" /> : (
          <ul className="ph-list od-people" aria-label="同事">
            {rows.map((r) => (
              <li key={r.account_id}>
                <button type="button" className="ph-row" aria-pressed={r.account_id === who} onClick={() => setWho(r.account_id)}>
                  <span className="ph-row-body">{r.name}<span className="ph-weak ph-small" style={{ display: 'block' }}>{[r.skills.join('、'), `手上 ${r.open_count} 单`, r.fits.on_duty ? '' : '不当班'].filter(Boolean).join(' · ')}</span></span>
                  {r.account_id === who ? <Tag kind="busy">已选</Tag> : null}
                </button>
              </li>
            ))}
          </ul>
        ))}
      </Loaded>
      <Field label={kind === 'help' ? '说明(选填)' : '转单原因'} error={act.error?.message}>{(p) => <input {...p} className="ph-input" maxLength={200} value={text} onChange={(e) => setText(e.target.value)} />}</Field>
      <Button className="ph-big" block color="primary" type="submit" disabled={!who || (kind === 'transfer' && text.trim().length < 2)} loading={act.running}>{kind === 'help' ? '请他协助' : '转给他'}</Button>
    </form>
  )
}
