// The pages of the resident face. The home page comes with the first load, every other one when it is opened.
import { CompaniesPage } from '../../modules/identity/resident/CompaniesPage.tsx'
import { TabBar, type Tab } from '../../ui/phone/Page.tsx'
import { makeRoutes } from '../../ui/phone/router.tsx'
import { HomePage } from './HomePage.tsx'
import { useMe } from './me.ts'

const TABS: readonly Tab[] = [
  { to: '/', label: '首页', icon: 'home' },
  { to: '/bills', label: '账单', icon: 'bill' },
  { to: '/mine', label: '我的', icon: 'me' },
]
const tabs = <TabBar tabs={TABS} />
const Companies = () => <CompaniesPage me={useMe()} />
const Home = () => <HomePage tabs={tabs} />

export const routes = makeRoutes([
  { path: '/', page: () => Promise.resolve({ default: Home }) },
  { path: '/bills', page: () => import('../../modules/billing/resident/BillsPage.tsx').then((m) => ({ default: () => <m.BillsPage tabs={tabs} /> })) },
  { path: '/bills/$bill_id', page: () => import('../../modules/billing/resident/BillPage.tsx').then((m) => ({ default: m.BillPage })) },
  { path: '/pay', page: () => import('../../modules/payment/resident/PayPage.tsx').then((m) => ({ default: m.PayPage })) },
  { path: '/pay/merged', page: () => import('../../modules/payment/resident/MergedPage.tsx').then((m) => ({ default: m.MergedPage })) },
  { path: '/pay/links', page: () => import('../../modules/payment/resident/LinksPage.tsx').then((m) => ({ default: m.LinksPage })) },
  { path: '/pay/$intent_id', page: () => import('../../modules/payment/resident/PayResultPage.tsx').then((m) => ({ default: m.PayResultPage })) },
  { path: '/coupons', page: () => import('../../modules/payment/resident/Coupons.tsx').then((m) => ({ default: m.CouponsPage })) },
  { path: '/promotions', page: () => import('../../modules/payment/resident/PromotionsPage.tsx').then((m) => ({ default: m.PromotionsPage })) },
  { path: '/promotions/$promotion_id', page: () => import('../../modules/payment/resident/PromotionsPage.tsx').then((m) => ({ default: m.PromotionPage })) },
  { path: '/invoices', page: () => import('../../modules/payment/resident/InvoicesPage.tsx').then((m) => ({ default: m.InvoicesPage })) },
  { path: '/payments', page: () => import('../../modules/payment/resident/PaymentsPage.tsx').then((m) => ({ default: m.PaymentsPage })) },
  { path: '/statement', page: () => import('../../modules/payment/resident/StatementPage.tsx').then((m) => ({ default: m.StatementPage })) },
  { path: '/water', page: () => import('../../modules/iot/resident/WaterPage.tsx').then((m) => ({ default: m.WaterPage })) },
  { path: '/meters', page: () => import('../../modules/meters/resident/UsagePage.tsx').then((m) => ({ default: m.UsagePage })) },
  { path: '/messages', page: () => import('../../modules/messages/PhoneInbox.tsx').then((m) => ({ default: m.InboxPage })) },
  { path: '/mine/messages', page: () => import('../../modules/messages/resident/PreferencesPage.tsx').then((m) => ({ default: m.PreferencesPage })) },
  { path: '/mine/wechat', page: () => import('../../modules/messages/resident/WechatPage.tsx').then((m) => ({ default: m.WechatPage })) },
  { path: '/wechat', page: () => import('../../modules/messages/resident/WechatPage.tsx').then((m) => ({ default: m.WechatPage })) },
  { path: '/disclosures', page: () => import('../../modules/spending/resident/DisclosuresPage.tsx').then((m) => ({ default: m.DisclosuresPage })) },
  { path: '/contracts', page: () => import('../../modules/contracts/resident/ContractsPage.tsx').then((m) => ({ default: m.ContractsPage })) },
  { path: '/water-quality', page: () => import('../../modules/equipment/resident/WaterPage.tsx').then((m) => ({ default: m.WaterPage })) },
  { path: '/orders', page: () => import('../../modules/orders/resident/OrdersPage.tsx').then((m) => ({ default: m.OrdersPage })) },
  { path: '/orders/new', page: () => import('../../modules/orders/resident/NewPage.tsx').then((m) => ({ default: m.NewPage })) },
  { path: '/orders/prices', page: () => import('../../modules/orders/resident/PricesPage.tsx').then((m) => ({ default: m.PricesPage })) },
  { path: '/orders/$order_id', page: () => import('../../modules/orders/resident/OrderPage.tsx').then((m) => ({ default: m.OrderPage })) },
  { path: '/doors', page: () => import('../../modules/doors/resident/DoorsPage.tsx').then((m) => ({ default: m.DoorsPage })) },
  { path: '/visitors', page: () => import('../../modules/access/resident/VisitorsPage.tsx').then((m) => ({ default: m.VisitorsPage })) },
  { path: '/parking', page: () => import('../../modules/parking/resident/ParkingPage.tsx').then((m) => ({ default: m.ParkingPage })) },
  { path: '/votes', page: () => import('../../modules/votes/resident/VotesPage.tsx').then((m) => ({ default: m.VotesPage })) },
  { path: '/votes/$poll_id', page: () => import('../../modules/votes/resident/VotePage.tsx').then((m) => ({ default: m.VotePage })) },
  { path: '/bookings', page: () => import('../../modules/bookings/resident/PlacesPage.tsx').then((m) => ({ default: m.PlacesPage })) },
  { path: '/bookings/mine', page: () => import('../../modules/bookings/resident/MyPage.tsx').then((m) => ({ default: m.MyPage })) },
  { path: '/bookings/$resource_id', page: () => import('../../modules/bookings/resident/PlacePage.tsx').then((m) => ({ default: m.PlacePage })) },
  { path: '/notices', page: () => import('../../modules/community/resident/NoticesPage.tsx').then((m) => ({ default: m.NoticesPage })) },
  { path: '/notices/$notice_id', page: () => import('../../modules/community/resident/NoticePage.tsx').then((m) => ({ default: m.NoticePage })) },
  { path: '/activities', page: () => import('../../modules/community/resident/ActivitiesPage.tsx').then((m) => ({ default: m.ActivitiesPage })) },
  { path: '/activities/$activity_id', page: () => import('../../modules/community/resident/ActivityPage.tsx').then((m) => ({ default: m.ActivityPage })) },
  { path: '/surveys', page: () => import('../../modules/care/resident/SurveysPage.tsx').then((m) => ({ default: m.SurveysPage })) },
  { path: '/apply', page: () => import('../../modules/care/resident/ApplyPage.tsx').then((m) => ({ default: m.ApplyPage })) },
  { path: '/apply/new/$service_id', page: () => import('../../modules/care/resident/ApplyNewPage.tsx').then((m) => ({ default: m.ApplyNewPage })) },
  { path: '/apply/$application_id', page: () => import('../../modules/care/resident/ApplicationPage.tsx').then((m) => ({ default: m.ApplicationPage })) },
  { path: '/care', page: () => import('../../modules/care/resident/CarePage.tsx').then((m) => ({ default: m.CarePage })) },
  { path: '/care/new', page: () => import('../../modules/care/resident/NewPage.tsx').then((m) => ({ default: m.NewPage })) },
  { path: '/care/unnamed', page: () => import('../../modules/care/resident/CasePage.tsx').then((m) => ({ default: m.UnnamedPage })) },
  { path: '/care/$complaint_id', page: () => import('../../modules/care/resident/CasePage.tsx').then((m) => ({ default: m.CasePage })) },
  { path: '/mine', page: () => import('./MinePage.tsx').then((m) => ({ default: () => <m.MinePage tabs={tabs} /> })) },
  { path: '/mine/profile', page: () => import('../../modules/people/resident/ProfilePage.tsx').then((m) => ({ default: m.ProfilePage })) },
  { path: '/mine/houses', page: () => import('../../modules/people/resident/ProfilePage.tsx').then((m) => ({ default: m.HousesPage })) },
  { path: '/mine/household', page: () => import('../../modules/people/resident/HouseholdPage.tsx').then((m) => ({ default: m.HouseholdPage })) },
  { path: '/mine/vehicles', page: () => import('../../modules/people/resident/ProfilePage.tsx').then((m) => ({ default: m.VehiclesPage })) },
  { path: '/mine/fund', page: () => import('../../modules/funds/resident/FundPage.tsx').then((m) => ({ default: m.FundPage })) },
  { path: '/mine/devices', page: () => import('../../modules/identity/resident/DevicesPage.tsx').then((m) => ({ default: m.DevicesPage })) },
  { path: '/mine/push', page: () => import('../../modules/messages/PushPage.tsx').then((m) => ({ default: m.PushPage })) },
  { path: '/mine/password', page: () => import('../../modules/identity/resident/MyPasswordPage.tsx').then((m) => ({ default: m.MyPasswordPage })) },
  { path: '/mine/companies', page: () => Promise.resolve({ default: Companies }) },
  { path: '/mine/privacy', page: () => import('./MinePage.tsx').then((m) => ({ default: m.PrivacyPage })) },
])
