import { useRead } from '../../../ui/api.ts'
import { area, maskedPhone } from '../../../ui/format.ts'
import { Facts, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { people } from '../contract.ts'
import { ROLE_WORDS, useMyHouse } from './shared.tsx'

const VEHICLE_WORDS = { small: '小型汽车', large: '大型汽车', new_energy: '新能源车', motorbike: '摩托车', ebike: '电动自行车' } as const

export function ProfilePage() {
  const profile = useRead(people.myProfile, {})
  return (
    <Page title="我的资料" back="/mine">
      <Loaded reading={profile}>
        {(p) => (
          <>
            <section className="ph-card">
              <h2>登记信息</h2>
              <Facts rows={[['姓名', p.name], ['手机号', maskedPhone(p.phone)], ...p.persons.map((x) => [x.kind === 'natural' ? '证件号' : '单位证件', x.id_number_tail ? `**** ${x.id_number_tail}` : '未登记'] as const)]} />
            </section>
            <p className="ph-weak ph-small">资料有误或手机号变更,请联系物业服务中心修改。证件号加密保存,这里只显示末四位。</p>
          </>
        )}
      </Loaded>
    </Page>
  )
}

export function HousesPage() {
  const { reading } = useMyHouse()
  return (
    <Page title="我的房产" back="/mine">
      <Loaded reading={reading}>
        {({ rows }) =>
          rows.length === 0 ? (
            <StateBlock icon="house" title="名下还没有房产" text="请联系物业服务中心,把手机号登记到您的房产上" />
          ) : (
            rows.map((h) => (
              <section key={h.house_id} className="ph-card">
                <h2 className="ph-line">{h.label}<Tag kind="busy">{ROLE_WORDS[h.role]}</Tag></h2>
                <Facts
                  rows={[
                    ['小区', h.community_name],
                    Number(h.built_area_m2) > 0 ? ['建筑面积', `${area(h.built_area_m2)} m²`] : null,
                    h.address ? ['地址', h.address] : null,
                    h.service_phone ? ['物业电话', <a key="tel" href={`tel:${h.service_phone}`}>{h.service_phone}</a>] : null,
                  ]}
                />
              </section>
            ))
          )
        }
      </Loaded>
    </Page>
  )
}

export function VehiclesPage() {
  const profile = useRead(people.myProfile, {})
  return (
    <Page title="我的车辆" back="/mine">
      <Loaded reading={profile}>
        {({ vehicles }) =>
          vehicles.length === 0 ? (
            <StateBlock icon="car" title="还没有登记车辆" text="需要登记车辆,请联系物业服务中心" />
          ) : (
            <ul className="ph-list">
              {vehicles.map((v) => (
                <li key={v.vehicle_id} className="ph-row">
                  <span className="ph-row-body"><span className="ph-strong">{v.plate}</span><span className="ph-weak ph-small" style={{ display: 'block' }}>{[VEHICLE_WORDS[v.kind], v.brand, v.house_label].filter(Boolean).join(' · ')}</span></span>
                  <span className="ph-row-side">{v.to_on ? <Tag>已注销</Tag> : <Tag kind="good">在用</Tag>}</span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Page>
  )
}
