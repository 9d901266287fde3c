// The pages of the staff face. Tabs are those a person may use.
import { Suspense, lazy, type ComponentType } from 'react'
import { HomePage } from '../../modules/analytics/staff/HomePage.tsx'
import { DutyCard } from '../../modules/duty/staff/DutyCard.tsx'
import { EmergencyCard } from '../../modules/emergency/staff/EmergencyCard.tsx'
import { ScanCard } from '../../modules/equipment/staff/ScanCard.tsx'
import { ReportCard, WorkCard } from '../../modules/orders/staff/WorkCard.tsx'
import { OrderCard, RoundCard } from '../../modules/rounds/staff/RoundCard.tsx'
import { BookingCard } from '../../modules/bookings/staff/BookingCard.tsx'
import { PlanCard } from '../../modules/siteplan/staff/PlanCard.tsx'
import { SafetyCard } from '../../modules/safety/staff/SafetyCard.tsx'
import { OutboxCard } from '../../ui/phone/OutboxCard.tsx'
import { mayDo, usePhoneMe } from '../../ui/phone/me.ts'
import { TabBar, type Tab } from '../../ui/phone/Page.tsx'
import { useOutbox } from '../../ui/phone/outbox_sender.ts'
import { makeRoutes } from '../../ui/phone/router.tsx'
import { outboxKinds } from './outbox.ts'

function Tabs() {
  const me = usePhoneMe()
  const { entries } = useOutbox()
  const refused = entries.filter((e) => e.state === 'refused').length
  const tabs: Tab[] = [
    { to: '/', label: '首页', icon: 'home' },
    ...(mayDo(me, 'orders.order.work') ? [{ to: '/orders', label: '工单', icon: 'tool' } as const] : []),
    ...(mayDo(me, 'rounds.task.work') ? [{ to: '/rounds', label: '巡查', icon: 'shield' } as const] : []),
    ...(mayDo(me, 'property.house.read') ? [{ to: '/houses', label: '查房', icon: 'search' } as const] : []),
    ...(mayDo(me, 'meters.reading.write') ? [{ to: '/meters', label: '抄表', icon: 'meter' } as const] : []),
    { to: '/mine', label: '我的', icon: 'me', count: refused },
  ]
  return <TabBar tabs={tabs} />
}
const tabs = <Tabs />
/** A card whose contract is large comes after the first page; where it does not come, the page stands without it. */
const later = (load: () => Promise<ComponentType>) => lazy(() => load().then((c) => ({ default: c }), () => ({ default: () => null })))
const PunchCard = later(() => import('../../modules/attendance/staff/PunchCard.tsx').then((m) => m.PunchCard))
const AlarmCard = later(() => import('../../modules/iot/staff/AlarmCard.tsx').then((m) => m.AlarmCard))
const MusterCard = later(() => import('../../modules/muster/staff/MusterCard.tsx').then((m) => m.MusterCard))
const BarredCard = later(() => import('../../modules/doors/staff/BarredCard.tsx').then((m) => m.BarredCard))
const GuardCard = later(() => import('../../modules/access/staff/GuardCard.tsx').then((m) => m.GuardCard))
const CaseCard = later(() => import('../../modules/care/staff/CaseCard.tsx').then((m) => m.CaseCard))
const GateCard = later(() => import('../../modules/care/staff/GateCard.tsx').then((m) => m.GateCard))
const ActivityCard = later(() => import('../../modules/community/staff/CheckInPage.tsx').then((m) => m.ActivityCard))
const RuleCard = later(() => import('../../modules/office/staff/RuleCard.tsx').then((m) => m.RuleCard))
const NoticeCard = later(() => import('../../modules/community/staff/NoticeCard.tsx').then((m) => m.NoticeCard))
const Home = () => <HomePage tabs={tabs} above={<><Suspense fallback={null}><MusterCard /></Suspense><OutboxCard /><Suspense fallback={null}><AlarmCard /></Suspense><Suspense fallback={null}><PunchCard /></Suspense><WorkCard /><Suspense fallback={null}><CaseCard /></Suspense><Suspense fallback={null}><GuardCard /></Suspense><Suspense fallback={null}><BarredCard /></Suspense><Suspense fallback={null}><GateCard /></Suspense><DutyCard /><EmergencyCard /><RoundCard /><ScanCard /><ReportCard /><OrderCard /><SafetyCard /><PlanCard /><BookingCard /><Suspense fallback={null}><RuleCard /></Suspense><Suspense fallback={null}><NoticeCard /></Suspense><Suspense fallback={null}><ActivityCard /></Suspense></>} />

const rounds = () => import('../../modules/rounds/staff/RoundsPage.tsx').then((m) => ({ default: () => <m.RoundsPage tabs={tabs} /> }))

export const routes = makeRoutes([
  { path: '/', page: () => Promise.resolve({ default: Home }) },
  { path: '/houses', page: () => import('../../modules/property/staff/SearchPage.tsx').then((m) => ({ default: () => <m.SearchPage tabs={tabs} /> })) },
  { path: '/houses/$house_id', page: () => import('../../modules/property/staff/HousePage.tsx').then((m) => ({ default: m.HousePage })) },
  { path: '/meters', page: () => import('../../modules/meters/staff/RoundsPage.tsx').then((m) => ({ default: () => <m.RoundsPage tabs={tabs} /> })) },
  { path: '/meters/$building_id/$kind', page: () => import('../../modules/meters/staff/RoundPage.tsx').then((m) => ({ default: m.RoundPage })) },
  { path: '/pending', page: () => import('../../ui/phone/PendingPage.tsx').then((m) => ({ default: () => <m.PendingPage kinds={outboxKinds} /> })) },
  { path: '/orders', page: () => import('../../modules/orders/staff/WorkPage.tsx').then((m) => ({ default: () => <m.WorkPage tabs={tabs} /> })) },
  { path: '/orders/report', page: () => import('../../modules/orders/staff/ReportPlacePage.tsx').then((m) => ({ default: m.ReportPlacePage })) },
  { path: '/orders/$order_id', page: () => import('../../modules/orders/staff/WorkOrderPage.tsx').then((m) => ({ default: m.WorkOrderPage })) },
  { path: '/orders/$order_id/quote', page: () => import('../../modules/orders/staff/QuotePage.tsx').then((m) => ({ default: m.QuotePage })) },
  // The address that messages carry, which is the desk's.
  { path: '/orders/list/$order_id', page: () => import('../../modules/orders/staff/WorkOrderPage.tsx').then((m) => ({ default: m.WorkOrderPage })) },
  { path: '/care', page: () => import('../../modules/care/staff/CasesPage.tsx').then((m) => ({ default: () => <m.CasesPage tabs={tabs} /> })) },
  { path: '/guard', page: () => Promise.all([import('../../modules/access/staff/GuardPage.tsx'), import('../../modules/care/staff/GatePage.tsx')]).then(([m, care]) => ({ default: () => <m.GuardPage permit={(code, again) => <care.PermitByCode key={code} code={code} again={again} />} /> })) },
  { path: '/care/gate', page: () => import('../../modules/care/staff/GatePage.tsx').then((m) => ({ default: m.GatePage })) },
  { path: '/care/applications/$application_id', page: () => import('../../modules/care/staff/DecidePage.tsx').then((m) => ({ default: m.DecidePage })) },
  { path: '/care/$complaint_id', page: () => import('../../modules/care/staff/CasePage.tsx').then((m) => ({ default: m.CasePage })) },
  // The address that messages carry, which is the desk's.
  { path: '/care/complaints/$complaint_id', page: () => import('../../modules/care/staff/CasePage.tsx').then((m) => ({ default: m.CasePage })) },
  { path: '/equipment', page: () => import('../../modules/equipment/staff/ScanPage.tsx').then((m) => ({ default: m.ScanPage })) },
  // The address that messages carry, which is the desk's.
  { path: '/equipment/certs', page: () => import('../../modules/equipment/staff/ScanPage.tsx').then((m) => ({ default: m.ScanPage })) },
  { path: '/equipment/$equipment_id', page: () => import('../../modules/equipment/staff/DevicePage.tsx').then((m) => ({ default: m.DevicePage })) },
  // The address that messages carry, which is the desk's.
  { path: '/equipment/devices/$equipment_id', page: () => import('../../modules/equipment/staff/DevicePage.tsx').then((m) => ({ default: m.DevicePage })) },
  { path: '/equipment/$equipment_id/report', page: () => import('../../modules/orders/staff/ReportDevicePage.tsx').then((m) => ({ default: m.ReportDevicePage })) },
  { path: '/duty', page: () => import('../../modules/duty/staff/DutyPage.tsx').then((m) => ({ default: m.DutyPage })) },
  // The addresses that messages carry, which are the desk's.
  { path: '/duty/board', page: () => import('../../modules/duty/staff/DutyPage.tsx').then((m) => ({ default: m.DutyPage })) },
  { path: '/duty/rosters', page: () => import('../../modules/duty/staff/DutyPage.tsx').then((m) => ({ default: m.DutyPage })) },
  { path: '/iot/alarms', page: () => import('../../modules/iot/staff/AlarmsPage.tsx').then((m) => ({ default: m.AlarmsPage })) },
  { path: '/iot/alarms/$alarm_id', page: () => import('../../modules/iot/staff/AlarmsPage.tsx').then((m) => ({ default: m.AlarmPage })) },
  { path: '/iot/fires/$fire_id', page: () => import('../../modules/iot/staff/FirePage.tsx').then((m) => ({ default: m.FirePage })) },
  { path: '/emergency', page: () => import('../../modules/emergency/staff/EmergencyPage.tsx').then((m) => ({ default: m.EmergencyPage })) },
  { path: '/emergency/plans/$plan_id', page: () => import('../../modules/emergency/staff/PlanPage.tsx').then((m) => ({ default: m.PlanPage })) },
  { path: '/emergency/incidents/$incident_id', page: () => import('../../modules/emergency/staff/IncidentPage.tsx').then((m) => ({ default: m.IncidentPage })) },
  // The addresses that messages carry, which are the desk's.
  { path: '/emergency/drills', page: () => import('../../modules/emergency/staff/EmergencyPage.tsx').then((m) => ({ default: m.EmergencyPage })) },
  { path: '/emergency/tasks', page: () => import('../../modules/emergency/staff/EmergencyPage.tsx').then((m) => ({ default: m.EmergencyPage })) },
  { path: '/rounds', page: rounds },
  // The address that messages carry, which is the desk's.
  { path: '/rounds/board', page: rounds },
  { path: '/rounds/screen/$point_id', page: () => import('../../modules/rounds/staff/ScreenPage.tsx').then((m) => ({ default: m.ScreenPage })) },
  { path: '/rounds/findings', page: () => import('../../modules/rounds/staff/FindingsPage.tsx').then((m) => ({ default: m.FindingsPage })) },
  { path: '/rounds/report', page: () => import('../../modules/rounds/staff/ReportFindingPage.tsx').then((m) => ({ default: m.ReportFindingPage })) },
  // The address of the desk's list.
  { path: '/rounds/public', page: () => import('../../modules/rounds/staff/FindingsPage.tsx').then((m) => ({ default: m.PublicFindingsPage })) },
  { path: '/rounds/review', page: () => import('../../modules/rounds/staff/ReviewPage.tsx').then((m) => ({ default: m.ReviewPage })) },
  { path: '/rounds/review/$on_day/$task_id', page: () => import('../../modules/rounds/staff/ReviewPage.tsx').then((m) => ({ default: m.ReviewTaskPage })) },
  // The address that messages to a reviewer carry, which is the desk's.
  { path: '/rounds/tasks/$on_day/$task_id', page: () => import('../../modules/rounds/staff/ReviewPage.tsx').then((m) => ({ default: m.ReviewTaskPage })) },
  { path: '/rounds/$task_id', page: () => import('../../modules/rounds/staff/WalkPage.tsx').then((m) => ({ default: m.WalkPage })) },
  { path: '/muster/$roll_id', page: () => import('../../modules/muster/staff/MusterPage.tsx').then((m) => ({ default: m.MusterPage })) },
  { path: '/doors/barred', page: () => import('../../modules/doors/staff/BarredPage.tsx').then((m) => ({ default: m.BarredPage })) },
  { path: '/bookings', page: () => import('../../modules/bookings/staff/BookingsPage.tsx').then((m) => ({ default: m.BookingsPage })) },
  // The address that messages carry, which is the desk's.
  { path: '/bookings/list/$booking_id', page: () => import('../../modules/bookings/staff/BookingPage.tsx').then((m) => ({ default: m.BookingPage })) },
  { path: '/community/notices', page: () => import('../../modules/community/staff/NoticesPage.tsx').then((m) => ({ default: m.NoticesPage })) },
  { path: '/community/notices/$notice_id', page: () => import('../../modules/community/staff/NoticesPage.tsx').then((m) => ({ default: m.NoticePage })) },
  { path: '/activities', page: () => import('../../modules/community/staff/CheckInPage.tsx').then((m) => ({ default: m.CheckInPage })) },
  { path: '/safety', page: () => import('../../modules/safety/staff/IncidentsPage.tsx').then((m) => ({ default: m.IncidentsPage })) },
  { path: '/safety/report', page: () => import('../../modules/safety/staff/ReportPage.tsx').then((m) => ({ default: m.ReportPage })) },
  { path: '/safety/signs/$sign_id', page: () => import('../../modules/safety/staff/SignPage.tsx').then((m) => ({ default: m.SignPage })) },
  { path: '/siteplan', page: () => import('../../modules/siteplan/staff/PlanPage.tsx').then((m) => ({ default: m.PlanPage })) },
  { path: '/safety/incidents/$incident_id', page: () => import('../../modules/safety/staff/IncidentsPage.tsx').then((m) => ({ default: m.IncidentPage })) },
  { path: '/office/mine', page: () => import('../../modules/office/staff/RulesPage.tsx').then((m) => ({ default: m.RulesPage })) },
  { path: '/office/mine/$doc_id', page: () => import('../../modules/office/staff/RulePage.tsx').then((m) => ({ default: m.RulePage })) },
  { path: '/messages', page: () => import('../../modules/messages/PhoneInbox.tsx').then((m) => ({ default: m.InboxPage })) },
  { path: '/attendance', page: () => import('../../modules/attendance/staff/PunchPage.tsx').then((m) => ({ default: m.PunchPage })) },
  { path: '/attendance/month', page: () => import('../../modules/attendance/staff/MyMonthPage.tsx').then((m) => ({ default: m.MyMonthPage })) },
  { path: '/staff/leave', page: () => import('../../modules/staff/staff/MyLeavePage.tsx').then((m) => ({ default: m.MyLeavePage })) },
  { path: '/staff/mine', page: () => import('../../modules/staff/staff/MyFilePage.tsx').then((m) => ({ default: m.MyFilePage })) },
  { path: '/mine', page: () => import('./MinePage.tsx').then((m) => ({ default: () => <m.MinePage tabs={tabs} /> })) },
  { path: '/mine/push', page: () => import('../../modules/messages/PushPage.tsx').then((m) => ({ default: m.PushPage })) },
  { path: '/mine/password', page: () => import('./MinePage.tsx').then((m) => ({ default: m.ChangePassword })) },
])
