import { Button } from 'antd-mobile'
import { Money } from '../../../ui/phone/bits.tsx'
import { useGrowing } from '../../../ui/phone/pages.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { Bones, Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { spending } from '../contract.ts'
import { words } from '../words.ts'

/** What was disclosed to owners, as it stood on the day it was posted. */
export function DisclosuresPage() {
  const list = useGrowing(spending.myDisclosures, {})
  return (
    <Page title="收支公示" back="/mine">
      <Loaded reading={list}>
        {({ rows }) =>
          rows.length === 0 ? <StateBlock icon="empty" title="还没有公示" text="物业公示公共收益等收支后会显示在这里" /> : (
            <>
              {rows.map((d) => (
                <section key={d.disclosure_id} className="ph-section" aria-label={`${d.community_name} ${d.from_month} 至 ${d.to_month}`}>
                  <h2 className="ph-h2">{d.community_name} {words.states?.['statement']?.[d.book]}</h2>
                  <p className="ph-weak ph-small">{d.from_month} 至 {d.to_month},{d.posted_on} 公示</p>
                  <ul className="ph-list">
                    <Line name="期初结余" fen={d.figures.opening_fen} />
                    {d.figures.income.map((l) => <Line key={l.account_code} name={`收入:${l.account_name}`} fen={l.fen} />)}
                    {d.figures.expense.map((l) => <Line key={l.account_code} name={`支出:${l.account_name}`} fen={-l.fen} />)}
                    <Line name="期末结余" fen={d.figures.closing_fen} strong />
                  </ul>
                  {d.note ? <p className="ph-small">{d.note}</p> : null}
                </section>
              ))}
              {list.loadingMore ? <Bones rows={1} /> : list.more ? <Button className="ph-big" block onClick={list.loadMore}>查看更早的公示</Button> : null}
            </>
          )
        }
      </Loaded>
    </Page>
  )
}
function Line({ name, fen, strong }: { name: string; fen: number; strong?: boolean }) {
  return <li className="ph-between ph-row"><span className={strong ? 'ph-strong' : ''}>{name}</span><Money fen={fen} className={strong ? 'ph-strong' : ''} /></li>
}
