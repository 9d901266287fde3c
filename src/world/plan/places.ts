// The two companies and three communities. 眉县安居 and 花园小区 with the figures of plan S20; the other two are invented.
import type { CommunityKey, PlanCommunity, PlanCompany } from './shapes.ts'

export const companies: readonly PlanCompany[] = [
  { key: 'anju', name: '眉县安居物业管理服务有限公司', short_name: '安居物业', phone: '0917-5550100', founded_on: null, capital_fen: 52_000_000, admin_name: '任晓宁', admin_login: 'anju' },
  { key: 'huixin', name: '眉县汇心物业服务有限公司', short_name: '汇心物业', phone: '0917-5550200', founded_on: '2021-03-08', capital_fen: 10_000_000, admin_name: '屈明远', admin_login: 'huixin' },
]

export const communities: readonly PlanCommunity[] = [
  {
    key: 'garden', company: 'anju', name: '花园小区', address: '眉县景贤路南段,美阳街向南 300 米', district: '眉县', land_mu: '111', built_area_m2: '158675', green_area_m2: '19580',
    service_phone: '0917-5550101', start_rule: 'delivery_day', zones: ['东区', '西区'], developer: '眉县花园置业开发有限公司',
  },
  {
    key: 'heshun', company: 'anju', name: '和顺苑', address: '眉县滨河西路 26 号', district: '眉县', land_mu: '42.6', built_area_m2: '61325', green_area_m2: '9240',
    service_phone: '0917-5550102', start_rule: 'next_month', zones: [], developer: '眉县和顺房地产开发有限公司',
  },
  {
    key: 'huixin', company: 'huixin', name: '汇心雅居', address: '眉县平阳街 8 号', district: '眉县', land_mu: '3.2', built_area_m2: '2526', green_area_m2: '640',
    service_phone: '0917-5550201', start_rule: 'delivery_day', zones: [], developer: '眉县汇心置业有限公司',
  },
]
export const communityOf = (key: CommunityKey): PlanCommunity => communities.find((c) => c.key === key)!
