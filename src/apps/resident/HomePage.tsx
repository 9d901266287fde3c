import { Button } from 'antd-mobile'
import { Suspense, lazy, type ReactNode } from 'react'
import { billing } from '../../modules/billing/contract.ts'
import { BillItem } from '../../modules/billing/resident/shared.tsx'
import { InboxLink } from '../../modules/messages/resident/InboxLink.tsx'
import { BindCard } from '../../modules/messages/resident/shared.tsx'
import { payment } from '../../modules/payment/contract.ts'
import { people } from '../../modules/people/contract.ts'
import { HouseSwitcher, useMyHouse, type MyHouse } from '../../modules/people/resident/shared.tsx'
import { OpenVotes } from '../../modules/votes/resident/OpenVotes.tsx'
import { useRead } from '../../ui/api.ts'
import { Money } from '../../ui/phone/bits.tsx'
import { Icon } from '../../ui/phone/icons.tsx'
import { Page } from '../../ui/phone/Page.tsx'
import { Link, go } from '../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../ui/phone/states.tsx'
import { useMe } from './me.ts'

/** After the first page: where it does not come, the page stands without it. */
const HomeNotices = lazy(() => import('../../modules/community/resident/HomeNotices.tsx').then((m) => ({ default: m.HomeNotices }), () => ({ default: () => null })))
const LATEST = 5
const OTHERS_MAX = 5

export function HomePage({ tabs }: { tabs: ReactNode }) {
  const me = useMe()
  const { reading, houses, house } = useMyHouse()
  const profile = useRead(people.myProfile, {}, { stale_ms: 300_000 })
  const strip = me.mode === 'sample' ? <p className="ph-strip">样例数据,支付为模拟,不会真实扣款</p> : undefined
  return (
    <Page title={me.company_short_name} tabs={tabs} right={<InboxLink />} {...(strip ? { strip } : {})}>
      <Loaded reading={reading} rows={4}>
        {() => (
          <>
            <section className="rs-hero" aria-label="我的房产">
              <h2>{greeting()}{profile.data ? `,${profile.data.name}` : ''}</h2>
              {house ? <HouseSwitcher houses={houses} house={house} light /> : <p>名下还没有房产</p>}
            </section>
            {house ? <HouseHome key={house.house_id} house={house} /> : <StateBlock icon="house" title="名下还没有房产" text="请联系物业服务中心,把手机号登记到您的房产上" />}
          </>
        )}
      </Loaded>
    </Page>
  )
}

function greeting(): string {
  const hour = new Date().getHours()
  return hour < 5 ? '夜深了' : hour < 12 ? '早上好' : hour < 18 ? '下午好' : '晚上好'
}

function HouseHome({ house }: { house: MyHouse }) {
  const { house_id } = house
  const latest = useRead(billing.myBills, { house_id, page_size: LATEST })
  return (
    <>
      <OpenVotes />
      <Due house_id={house_id} />
      <Suspense fallback={null}><HomeNotices house_id={house_id} /></Suspense>
      <BindCard back="/" text="在公众号收账单、在微信里付款" />
      <nav className="ph-card rs-short" aria-label="常用功能">
        <Link to="/bills?state=open"><Icon name="bill" />待缴账单</Link>
        <Link to="/payments"><Icon name="history" />缴费记录</Link>
        <Link to="/orders"><Icon name="tool" />报修</Link>
        <Link to="/apply"><Icon name="todo" />服务申请</Link>
        <Link to="/care"><Icon name="mail" />投诉建议</Link>
        <Link to="/doors"><Icon name="key" />开门</Link>
        <Link to="/visitors"><Icon name="people" />访客</Link>
        <Link to="/votes"><Icon name="ok" />表决</Link>
        <Link to="/parking"><Icon name="car" />停车</Link>
        <Link to="/notices"><Icon name="info" />公告</Link>
        <Link to="/activities"><Icon name="people" />社区活动</Link>
        <Link to="/bookings"><Icon name="calendar" />场地预约</Link>
        {house.service_phone ? <a href={`tel:${house.service_phone}`}><Icon name="phone" />联系物业</a> : <Link to="/mine"><Icon name="me" />我的</Link>}
      </nav>
      <section className="ph-section">
        <h2 className="ph-h2 ph-between rs-period"><span>最近账单</span><Link className="ph-small" to="/bills">全部账单</Link></h2>
        <Loaded reading={latest}>
          {({ rows }) => (rows.length === 0 ? <div className="ph-card"><StateBlock icon="empty" title="还没有账单" text="物业发布账单后会显示在这里" /></div> : <ul className="ph-list">{rows.map((b) => <BillItem key={b.bill_id} bill={b} />)}</ul>)}
        </Loaded>
      </section>
    </>
  )
}

function Due({ house_id }: { house_id: string }) {
  const payable = useRead(payment.myPayable, {})
  return (
    <section className="ph-card" aria-label="待缴费用">
      <Loaded reading={payable} rows={1}>
        {({ houses }) => {
          const mine = houses.find((h) => h.house_id === house_id)
          const others = houses.filter((h) => h.house_id !== house_id && h.open_fen > 0)
          const overdue = mine?.lines.filter((l) => l.overdue_days > 0).length ?? 0
          if (!mine || mine.open_fen === 0)
            return (
              <div className="ph-section">
                <p className="ph-line ph-green ph-strong"><Icon name="ok" />这套房产的费用已全部缴清</p>
                <Others houses={others} />
              </div>
            )
          return (
            <div className="ph-section">
              <div className="rs-due">
                <div>
                  <p className="ph-weak">待缴合计</p>
                  <p className="ph-amount"><Money fen={mine.open_fen} /></p>
                  <p className="ph-small ph-weak">共 {mine.lines.length} 笔{overdue > 0 ? <span className="ph-red">,其中逾期 {overdue} 笔</span> : null}</p>
                </div>
                <Button className="ph-big" color="primary" onClick={() => go(`/pay?house=${house_id}`)}>去缴费</Button>
              </div>
              {mine.live_intent_id ? <Link className="rs-live" to={`/pay/${mine.live_intent_id}`}>有一笔支付还没有完成,点此查看或取消</Link> : null}
              <Others houses={others} />
            </div>
          )
        }}
      </Loaded>
    </section>
  )
}

/** What the resident's other houses owe, so that nothing is overlooked. */
function Others({ houses }: { houses: readonly { house_id: string; house_label: string; open_fen: number }[] }) {
  return <>{houses.slice(0, OTHERS_MAX).map((h) => <Link key={h.house_id} className="ph-between rs-other" to={`/pay?house=${h.house_id}`}><span>{h.house_label} 待缴</span><Money className="ph-red ph-strong" fen={h.open_fen} /></Link>)}</>
}
