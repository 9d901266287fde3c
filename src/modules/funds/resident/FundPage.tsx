import { useRead } from '../../../ui/api.ts'
import { Facts, Money, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { HouseSwitcher, useMyHouse, type MyHouse } from '../../people/resident/shared.tsx'
import { funds } from '../contract.ts'
import { words } from '../words.ts'

/** 维修资金: the balance of my house and what moved it. It belongs to the owners, so tenants see a word instead. */
export function FundPage() {
  const { reading, houses, house } = useMyHouse()
  return (
    <Page title="维修资金" back="/mine">
      <Loaded reading={reading}>
        {() => (house ? <><HouseSwitcher houses={houses} house={house} />{house.role === 'owner' ? <Fund house={house} /> : <StateBlock icon="house" title="维修资金只对业主显示" text="它属于房屋业主,如需了解请联系业主" />}</> : <StateBlock icon="house" title="名下还没有房产" text="请联系物业服务中心登记" />)}
      </Loaded>
    </Page>
  )
}

function Fund({ house }: { house: MyHouse }) {
  const read = useRead(funds.myFund, { house_id: house.house_id })
  return (
    <Loaded reading={read}>
      {(f) => (
        <>
          <section className="ph-card" aria-label="余额">
            <Facts rows={[['余额', <Money key="b" className="ph-strong" fen={f.balance_fen} />], ['首次缴存', <Money key="f" fen={f.first_fen} />], f.bank_name ? ['专户银行', f.bank_name] : null]} />
            {f.low && f.topups.length === 0 ? <p className="ph-weak ph-small">余额已低于续筹线,续筹方案由业主共同决定。</p> : null}
          </section>
          {f.topups.map((p) => (
            <section key={p.plan_id} className="ph-card" aria-label="续筹">
              <h2 className="ph-line">{p.title}<Tag kind={p.open_fen ? 'warn' : 'good'}>{p.open_fen ? '待补存' : '已补足'}</Tag></h2>
              <Facts rows={[['应补存', <Money key="d" fen={p.due_fen} />], ['已补存', <Money key="p" fen={p.paid_fen} />], p.open_fen ? ['还需补存', <Money key="o" className="ph-strong" fen={p.open_fen} />] : null, ['期限', p.due_on], ['依据', p.basis]]} />
              {p.open_fen ? <p className="ph-weak ph-small">请存入维修资金专户{f.bank_name ? `(${f.bank_name})` : ''}并注明房号,凭回单到物业登记领取收据。</p> : null}
            </section>
          ))}
          <h2 className="ph-h2">明细</h2>
          {f.entries.length === 0 ? <StateBlock icon="history" title="还没有明细" text="缴存、利息和使用分摊会显示在这里" /> : (
            <ul className="ph-list">
              {f.entries.map((e) => (
                <li key={e.entry_id} className="ph-row">
                  <span className="ph-row-body">{words.states?.['entry_kind']?.[e.kind]}<span className="ph-weak ph-small" style={{ display: 'block' }}>{e.booked_on}{e.note ? ` · ${e.note}` : ''}</span></span>
                  <span className="ph-row-side"><Money className="ph-strong" fen={e.amount_fen} /><span className="ph-weak ph-small" style={{ display: 'block' }}>余额 <Money fen={e.balance_fen} /></span></span>
                </li>
              ))}
            </ul>
          )}
          <Uses house={house} />
          <Disclosures house={house} />
          <p className="ph-weak ph-small">维修资金专户存储、按户核算,过户时随房转移;用于保修期满后共用部位、共用设施的维修。</p>
        </>
      )}
    </Loaded>
  )
}

/** What the fund was or will be used for at my building, and my part of it. */
function Uses({ house }: { house: MyHouse }) {
  const read = useRead(funds.myUses, { house_id: house.house_id })
  return (
    <Loaded reading={read} rows={1}>
      {({ rows }) => rows.length === 0 ? null : (
        <>
          <h2 className="ph-h2">本楼使用情况</h2>
          {rows.map((u) => (
            <section key={u.use_id} className="ph-card">
              <h3 className="ph-line">{u.title}<Tag kind="busy">{words.states?.['use']?.[u.state]}</Tag></h3>
              <Facts rows={[['范围', u.scope_text], ['预算', <Money key="b" fen={u.budget_fen} />], u.invoice_fen === null ? null : ['决算', <Money key="i" fen={u.invoice_fen} />], u.house_count ? ['分摊户数', `${u.house_count} 户`] : null, u.share_fen === null ? null : ['我家分摊', <Money key="s" className="ph-strong" fen={u.share_fen} />], u.owed_fen ? ['需补交', <Money key="o" fen={u.owed_fen} />] : null]} />
            </section>
          ))}
        </>
      )}
    </Loaded>
  )
}

/** The statements of the community as they were posted, newest first; a later version of the same period says why. */
function Disclosures({ house }: { house: MyHouse }) {
  const read = useRead(funds.myFundDisclosures, { house_id: house.house_id, page_size: 10 })
  return (
    <Loaded reading={read} rows={1}>
      {({ rows }) => rows.length === 0 ? null : (
        <>
          <h2 className="ph-h2">小区维修资金公示</h2>
          {rows.map((d) => (
            <section key={d.disclosure_id} className="ph-card">
              <h3 className="ph-line">{d.from_on} 至 {d.to_on}{d.version > 1 ? <Tag kind="busy">第 {d.version} 版</Tag> : null}</h3>
              <Facts rows={[['期初余额', <Money key="o" fen={d.figures.total.opening_fen} />], ['缴存', <Money key="d" fen={d.figures.total.deposit_fen} />], ['利息', <Money key="i" fen={d.figures.total.interest_fen} />], ['使用', <Money key="u" fen={d.figures.total.use_fen} />], d.figures.total.refund_fen ? ['退还', <Money key="r" fen={d.figures.total.refund_fen} />] : null, ['期末余额', <Money key="c" className="ph-strong" fen={d.figures.total.closing_fen} />], ['公示日', d.posted_on], ...d.figures.uses.map((u): [string, React.ReactNode] => ['使用项目', <span key={u.use_id}>{u.title} <Money fen={u.invoice_fen} /></span>])]} />
              {d.note ? <p className="ph-weak ph-small">{d.note}</p> : null}
            </section>
          ))}
        </>
      )}
    </Loaded>
  )
}
