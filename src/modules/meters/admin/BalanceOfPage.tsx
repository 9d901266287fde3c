export { BalanceOfPage as default } from './BalancePage.tsx'
