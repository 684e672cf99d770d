// What all parts of a run's report share: the run, and the colours of its objects.

const RUN = JSON.parse(document.getElementById("run").textContent);

const GROUPS = [
  ["vehicle", "car", /^(car|van|vehicle)/],
  ["large", "truck, bus", /^(truck|bus|trailer)/],
  ["person", "person, cyclist", /^(pedestrian|person|child|cyclist|two-wheeler|animal)/],
  ["fixed", "fixed obstacle", /(barrier|barrel|pillar|wall|pole|kerb|rail|cone)/],
  ["green", "vegetation", /^(vegetation|tree)/],
  ["unknown", "unknown", /./],
];
const groupOf = (label) => GROUPS.find(([, , pattern]) => pattern.test(label));
