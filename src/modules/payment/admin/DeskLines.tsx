// The unpaid lines of a house: tick with space, walk with the arrows, type a smaller amount to pay a part.
import { Button, Checkbox } from 'antd'
import { useRef, type KeyboardEvent } from 'react'
import { MoneyInput } from '../../../ui/fields.tsx'
import { MoneyText } from '../../../ui/bits.tsx'
import { money } from '../../../ui/format.ts'
import type { OpenLine } from '../contract.ts'

interface Props {
  lines: readonly OpenLine[]
  ticked: ReadonlyMap<string, number>
  change: (ticked: ReadonlyMap<string, number>) => void
}

export function DeskLines({ lines, ticked, change }: Props) {
  const box = useRef<HTMLTableSectionElement>(null)
  const set = (id: string, fen: number | undefined) => {
    const next = new Map(ticked)
    if (fen === undefined) next.delete(id)
    else next.set(id, fen)
    change(next)
  }
  const all = lines.length > 0 && lines.every((l) => ticked.get(l.bill_id) === l.open_fen)
  const tickAll = (on: boolean) => change(new Map(on ? lines.map((l) => [l.bill_id, l.open_fen]) : []))
  /** Ticks everything up to and with this line: people pay the oldest first. */
  const upTo = (i: number) => change(new Map(lines.slice(0, i + 1).map((l) => [l.bill_id, l.open_fen])))
  const walk = (e: KeyboardEvent, i: number) => {
    const to = e.key === 'ArrowDown' ? i + 1 : e.key === 'ArrowUp' ? i - 1 : undefined
    if (to === undefined) return
    e.preventDefault()
    const kind = (e.target as Element).classList.contains('ant-input') ? 'input.ant-input' : 'input[type=checkbox]'
    box.current?.rows[to]?.querySelector<HTMLElement>(kind)?.focus()
  }
  if (lines.length === 0) return <p role="status" className="hy-card">没有未缴账单,可以直接收预存。</p>
  return (
    <div className="ds-scroll" role="region" aria-label="未缴账单" tabIndex={-1}>
      <table className="ds-lines">
        <thead>
          <tr>
            <th><Checkbox aria-label="全选" checked={all} indeterminate={!all && ticked.size > 0} onChange={(e) => tickAll(e.target.checked)} /></th>
            <th>账期</th><th>收费项目</th><th>计算过程</th><th>缴费人</th><th>到期</th><th className="n">应收</th><th className="n">未收</th><th className="n">本次收</th><th />
          </tr>
        </thead>
        <tbody ref={box}>
          {lines.map((l, i) => {
            const now = ticked.get(l.bill_id)
            return (
              <tr key={l.bill_id} className={now === undefined ? 'ds-off' : ''} onKeyDown={(e) => walk(e, i)}>
                <td><Checkbox aria-label={`${l.period_on.slice(0, 7)} ${l.fee_item_name}`} checked={now !== undefined} onChange={(e) => set(l.bill_id, e.target.checked ? l.open_fen : undefined)} /></td>
                <td>{l.period_on.slice(0, 7)}</td>
                <td>{l.fee_item_name}{l.being_paid ? <span className="hy-red"> 正在线上支付</span> : null}</td>
                <td className="ds-how">{l.explanation}</td>
                <td>{l.payer_name}</td>
                <td>{l.overdue_days > 0 ? <span className="hy-red">逾期 {l.overdue_days} 天</span> : l.due_on}</td>
                <td className="n">{money(l.amount_fen)}</td>
                <td className="n"><MoneyText fen={l.open_fen} /></td>
                <td className="n">
                  <span className="ds-amount" style={{ display: 'inline-block' }}>
                    <MoneyInput aria-label={`本次收 ${l.period_on.slice(0, 7)} ${l.fee_item_name}`} value={now ?? null} onChange={(v) => set(l.bill_id, typeof v === 'number' && v > 0 ? Math.min(v, l.open_fen) : undefined)} />
                  </span>
                </td>
                <td><Button size="small" type="link" title="勾选这一笔和它上面的全部" onClick={() => upTo(i)}>收至此</Button></td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
