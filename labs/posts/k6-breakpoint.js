// Raises the rate of requests until the API no longer keeps up:
//   k6 run labs/posts/k6-breakpoint.js
//   k6 run -e URL=http://localhost:3000/api/posts -e MAX_RATE=5000 labs/posts/k6-breakpoint.js
import { check } from 'k6';
import http from 'k6/http';

const url = __ENV.URL || 'http://localhost:3000/api/posts';

export const options = {
  scenarios: {
    breakpoint: {
      // An open model: requests begin at the rate, whether or not earlier ones have been answered.
      executor: 'ramping-arrival-rate',
      startRate: 50,
      timeUnit: '1s',
      preAllocatedVUs: 200,
      maxVUs: 2000,
      stages: [{ duration: __ENV.DURATION || '2m', target: Number(__ENV.MAX_RATE || 10000) }],
    },
  },
  thresholds: {
    http_req_failed: [{ threshold: 'rate<0.01', abortOnFail: true, delayAbortEval: '5s' }],
    http_req_duration: [{ threshold: 'p(95)<500', abortOnFail: true, delayAbortEval: '5s' }],
  },
};

export default () => {
  const response = http.get(url);
  check(response, { 'status is 200': ({ status }) => status === 200 });
};
