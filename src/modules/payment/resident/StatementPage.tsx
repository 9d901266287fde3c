// 对账单 on the phone: a year of one of one's own houses, newest first, with what was owed after each.
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { fileUrl, useRead } from '../../../ui/api.ts'
import { Chips, Facts, Money } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Link } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { HouseSwitcher, useMyHouse } from '../../people/resident/shared.tsx'
import { payment } from '../contract.ts'
import { words } from '../words.ts'

const YEARS = 5
export function StatementPage() {
  const { reading, houses, house } = useMyHouse()
  return (
    <Page title="对账单" back="/mine">
      <Loaded reading={reading}>
        {() => (house ? <><HouseSwitcher houses={houses} house={house} /><Statement key={house.house_id} house_id={house.house_id} /></> : <StateBlock icon="house" title="名下还没有房产" text="请联系物业服务中心,把手机号登记到您的房产上" />)}
      </Loaded>
    </Page>
  )
}

function Statement({ house_id }: { house_id: string }) {
  const now = today()
  const this_year = Number(now.slice(0, 4))
  const [year, setYear] = useState(String(this_year))
  const input = { house_id, from_on: `${year}-01-01`, to_on: year === String(this_year) ? now : `${year}-12-31` }
  const read = useRead(payment.myStatement, input)
  return (
    <>
      <Chips label="年份" choices={Array.from({ length: YEARS }, (_, i) => ({ value: String(this_year - i), label: `${this_year - i} 年` }))} value={year} choose={setYear} />
      <Loaded reading={read} rows={5}>
        {(s) => (
          <>
            <section className="ph-card" aria-label="合计">
              <Facts rows={[['期初欠款', <Money key="a" fen={s.opening_fen} />], ['应缴', <Money key="b" fen={s.charge_fen_sum} />], ['已缴', <Money key="c" fen={s.paid_fen_sum} />], ['期末欠款', <Money key="d" className="ph-strong" fen={s.closing_fen} />], s.closing_wallet_fen || s.opening_wallet_fen ? ['期末预存', <Money key="e" fen={s.closing_wallet_fen} />] : null]} />
            </section>
            {s.rows.length === 0 ? <StateBlock icon="history" title="这一年没有往来" text="换一年看看" /> : (
              <ul className="ph-list">
                {s.rows.toReversed().map((r, i) => {
                  const inside = (
                    <span className="ph-row-body">
                      <span className="ph-between"><span className="ph-strong">{words.states!['statement']![r.kind]} · {r.title}</span>{r.charge_fen !== 0 ? <Money className="ph-strong" fen={r.charge_fen} /> : r.paid_fen !== 0 ? <Money className="ph-strong" fen={-r.paid_fen} /> : null}</span>
                      <span className="ph-small ph-weak" style={{ display: 'block' }}>{r.on_day} {r.detail}</span>
                      <span className="ph-small ph-weak" style={{ display: 'block' }}>欠款余额 <Money fen={r.balance_fen} /></span>
                    </span>
                  )
                  return <li key={`${year} ${i}`}>{r.bill_id ? <Link className="ph-row" to={`/bills/${r.bill_id}`}>{inside}</Link> : r.payment_id ? <Link className="ph-row" to="/payments">{inside}</Link> : <div className="ph-row">{inside}</div>}</li>
                })}
              </ul>
            )}
            <a className="adm-button adm-button-primary adm-button-block adm-button-large adm-button-shape-default ph-big rs-link-button" href={fileUrl(payment.myStatementPdf, input)} target="_blank" rel="noopener">打开对账单(PDF)</a>
          </>
        )}
      </Loaded>
    </>
  )
}
