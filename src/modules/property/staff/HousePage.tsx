import { useRead } from '../../../ui/api.ts'
import { area } from '../../../ui/format.ts'
import { Facts, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { useParam } from '../../../ui/phone/router.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { HouseBills } from '../../billing/staff/shared.tsx'
import { HousePeople } from '../../people/staff/shared.tsx'
import { property } from '../contract.ts'
import { words } from '../words.ts'

const said = (group: string, code: string): string => words.states?.[group]?.[code] ?? code

/** 一户一卡: who lives here, what is owed, why. */
export function HousePage() {
  const house_id = useParam('house_id')
  const house = useRead(property.house, { house_id })
  return (
    <Page title={house.data?.label ?? '房屋'} back="/houses">
      <Loaded reading={house}>
        {(h) => (
          <>
            <section className="ph-card">
              <h2 className="ph-line"><span className="st-house">{h.label}</span><Tag kind="busy">{said('house_state', h.state)}</Tag></h2>
              <Facts
                rows={[
                  ['位置', [h.community_name, h.building_name, h.unit_name && (/^\w+$/.test(h.unit_name) ? `${h.unit_name}单元` : h.unit_name)].filter(Boolean).join(' ')],
                  ['类别', said('house_kind', h.kind)],
                  ['建筑面积', `${area(h.built_area_m2)} m²`],
                  h.heated_area_m2 ? ['供热面积', `${area(h.heated_area_m2)} m²`] : null,
                  h.delivered_on ? ['交付日', h.delivered_on] : null,
                  h.note ? ['备注', h.note] : null,
                ]}
              />
            </section>
            <HousePeople house_id={house_id} />
            <HouseBills house_id={house_id} />
          </>
        )}
      </Loaded>
    </Page>
  )
}
