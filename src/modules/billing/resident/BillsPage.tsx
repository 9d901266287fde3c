import { Button } from 'antd-mobile'
import type { ReactNode } from 'react'
import { sumFen, fen } from '../../../kernel/money.ts'
import { Chips, Money } from '../../../ui/phone/bits.tsx'
import { useGrowing } from '../../../ui/phone/pages.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { useQuerySetter, useQueryText } from '../../../ui/phone/router.tsx'
import { Bones, Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { groupBy, monthText } from '../../../ui/phone/text.ts'
import { HouseSwitcher, useMyHouse } from '../../people/resident/shared.tsx'
import { billing } from '../contract.ts'
import { PlansCard } from './PlansCard.tsx'
import { BillItem, type MyBill } from './shared.tsx'

const STATES = [{ value: 'all', label: '全部' }, { value: 'open', label: '待缴' }, { value: 'paid', label: '已缴' }]

export function BillsPage({ tabs }: { tabs: ReactNode }) {
  const { reading, houses, house } = useMyHouse()
  return (
    <Page title="账单" tabs={tabs}>
      <Loaded reading={reading}>
        {() => (house ? <><HouseSwitcher houses={houses} house={house} /><PlansCard house_id={house.house_id} /><Bills house_id={house.house_id} /></> : <StateBlock icon="house" title="名下还没有房产" text="请联系物业服务中心,把手机号登记到您的房产上" />)}
      </Loaded>
    </Page>
  )
}

function Bills({ house_id }: { house_id: string }) {
  const asked = useQueryText('state') ?? 'all'
  const set = useQuerySetter()
  const state = asked === 'open' || asked === 'paid' ? asked : undefined
  const list = useGrowing(billing.myBills, { house_id, ...(state ? { state } : {}) })
  return (
    <>
      <Chips label="账单状态" choices={STATES} value={state ?? 'all'} choose={(v) => set('state', v === 'all' ? undefined : v)} />
      <Loaded reading={list}>
        {({ rows, totals }) =>
          rows.length === 0 ? (
            <StateBlock icon={state === 'open' ? 'ok' : 'empty'} title={state === 'open' ? '没有待缴账单' : '还没有账单'} text={state === 'open' ? '所有账单都已缴清' : '物业发布账单后会显示在这里'} />
          ) : (
            <>
              <p className="ph-weak ph-small">共 {totals.count} 笔{totals.open_fen > 0 ? <>,待缴 <Money fen={totals.open_fen} className="ph-red ph-strong" /></> : ',已全部缴清'}</p>
              {groupBy(rows, (b) => b.period).map(([period, bills]) => <Period key={period} period={period} bills={bills} />)}
              {list.loadingMore ? <Bones rows={1} /> : list.more ? <Button className="ph-big" block onClick={list.loadMore}>查看更早的账单</Button> : <p className="ph-center ph-weak ph-small">没有更早的账单了</p>}
            </>
          )
        }
      </Loaded>
    </>
  )
}

function Period({ period, bills }: { period: string; bills: readonly MyBill[] }) {
  return (
    <section className="ph-section">
      <h2 className="ph-h2 ph-between rs-period"><span>{monthText(period)}</span><Money className="ph-weak ph-small" fen={sumFen(bills.filter((b) => b.state !== 'void').map((b) => fen(b.amount_fen)))} /></h2>
      <ul className="ph-list">{bills.map((b) => <BillItem key={b.bill_id} bill={b} />)}</ul>
    </section>
  )
}
