// 场地预约: what may be booked in the community of the house, and my bookings.
import { useRead } from '../../../ui/api.ts'
import { RowLink, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { HouseSwitcher, useMyHouse } from '../../people/resident/shared.tsx'
import { bookings } from '../contract.ts'

export function PlacesPage() {
  const { houses, house } = useMyHouse()
  const places = useRead(bookings.places, { house_id: house?.house_id ?? '' }, { enabled: house !== undefined })
  return (
    <Page title="场地预约" back="/">
      {house ? <HouseSwitcher houses={houses} house={house} /> : null}
      <div className="ph-list"><RowLink icon="calendar" title="我的预约" under="签到码、付款、取消" to="/bookings/mine" /></div>
      {house ? (
        <Loaded reading={places}>
          {({ rows }) => (rows.length === 0 ? <StateBlock icon="empty" title="还没有可预约的场地" text="物业开放场地后显示在这里" /> : (
            <div className="ph-list">
              {rows.map((p) => <RowLink key={p.resource_id} icon="house" title={p.name} under={`${p.place};${p.hours_text};${p.price_text}`} to={`/bookings/${p.resource_id}`} {...(p.can.book === true ? (p.terms.approval ? { side: <Tag>须审核</Tag> } : {}) : { side: <Tag kind="warn">不开放</Tag> })} />)}
            </div>
          ))}
        </Loaded>
      ) : <StateBlock icon="house" title="名下还没有房产" />}
    </Page>
  )
}
