import DiT
import Testing
import _TestSupport

@Suite struct SamplerConfigurationTests {
  private func sampler(
    _ text: String, _ kind: SamplerKind? = nil, steps: Int = 8
  ) throws -> any Sampler {
    try ConfigurationFile(text).configuration().sampler(kind, steps: steps)
  }

  /// What stands in `scheduler_config.json` of published models, infinity and nulls included.
  @Test func readsWhatDiffusersWrites() throws {
    let sampler = try sampler(
      """
      {"_class_name": "DPMSolverMultistepScheduler", "_diffusers_version": "0.22.0.dev0",
       "algorithm_type": "dpmsolver++", "beta_end": 0.02, "beta_schedule": "linear",
       "beta_start": 0.0001, "dynamic_thresholding_ratio": 0.995, "euler_at_final": false,
       "lambda_min_clipped": -Infinity, "lower_order_final": true, "num_train_timesteps": 1000,
       "prediction_type": "epsilon", "sample_max_value": 1.0, "solver_order": 2,
       "solver_type": "midpoint", "steps_offset": 0, "thresholding": false,
       "timestep_spacing": "linspace", "trained_betas": null, "use_karras_sigmas": false,
       "use_lu_lambdas": false, "variance_type": null}
      """, steps: 20)
    #expect(sampler.name == "dpm++2m")
    #expect(sampler.timesteps.prefix(3) == [999, 949, 899])
  }

  @Test(arguments: [
    ("{\"_class_name\": \"MagicScheduler\"}", "'_class_name' must be DDPMScheduler or"),
    ("{}", "not nothing"),
    ("[]", "it is not a JSON object"),
    ("{", "not valid JSON"),
    ("\"beta_start\": 0", "'beta_start' must be between 0 and 1, not 0"),
    ("\"beta_end\": NaN", "'beta_end' must be between 0 and 1, not nan"),
    ("\"beta_schedule\": \"sigmoid\"", "'beta_schedule' must be linear or scaled_linear or"),
    ("\"trained_betas\": [0.1, 0.2]", "'trained_betas' must be 1000 numbers, not 2 numbers"),
    (
      "\"num_train_timesteps\": 2, \"trained_betas\": [0.1, 1]",
      "'trained_betas' must be between 0 and 1, not 1"
    ),
    ("\"num_train_timesteps\": 1", "'num_train_timesteps' must be 2 to 65536, not 1"),
    ("\"num_train_timesteps\": \"a\"", "must be an integer"),
    ("\"prediction_type\": \"magic\"", "'prediction_type' must be epsilon or sample or v_pred"),
    ("\"timestep_spacing\": \"magic\"", "'timestep_spacing' must be leading or trailing or"),
    ("\"steps_offset\": -1", "'steps_offset' must be 0 to 1000, not -1"),
    ("\"final_sigmas_type\": \"magic\"", "'final_sigmas_type' must be zero or sigma_min"),
    ("\"use_beta_sigmas\": true", "'use_beta_sigmas' must be false, not true"),
    ("\"predict_x0\": false", "'predict_x0' must be true, not false"),
    ("\"sigma_min\": 0.1", "'sigma_min' must be null, not 0.1"),
    ("\"lambda_min_clipped\": -5.1", "'lambda_min_clipped' must be -Infinity, not -5.1"),
    ("\"interpolation_type\": \"log_linear\"", "'interpolation_type' must be linear"),
    ("\"algorithm_type\": \"dpmsolver\"", "'algorithm_type' must be dpmsolver++ or"),
    ("\"solver_type\": \"magic\"", "'solver_type' must be midpoint or heun, not magic"),
    ("\"solver_order\": 4", "'solver_order' must be 1 to 3, not 4"),
    (
      "\"algorithm_type\": \"sde-dpmsolver++\", \"solver_order\": 3",
      "'solver_order' must be 1 to 2, not 3"
    ),
    (
      "\"thresholding\": true, \"sample_max_value\": 0.5",
      "'sample_max_value' must be 1.0 to 1000000.0, not 0.5"
    ),
  ])
  func namesTheFault(_ text: String, _ message: String) throws {
    let isWhole = "{[".contains(text.prefix(1))
    let file = try ConfigurationFile(
      isWhole ? text : "{\"_class_name\": \"DPMSolverMultistepScheduler\", \(text)}")
    let error = #expect(throws: ModelError.self) {
      try file.configuration().sampler(steps: 8)
    }
    let description = try #require(error).description
    #expect(
      description.hasPrefix(file.path + ": ") && description.contains(message), "\(description)")
  }

  @Test func refusesASamplerForAnotherKindOfModel() throws {
    let flow = "{\"_class_name\": \"FlowMatchEulerDiscreteScheduler\"}"
    let noise = "{\"_class_name\": \"DDIMScheduler\"}"
    #expect(throws: SamplerError.prediction(.flow, sampler: "ddim")) { try sampler(flow, .ddim) }
    #expect(throws: SamplerError.prediction(.epsilon, sampler: "flow-euler")) {
      try sampler(noise, .flowEuler)
    }
  }

  @Test(arguments: SamplerKind.allCases.filter { $0 != .flowEuler })
  func refusesStepsThatThereAreNot(_ kind: SamplerKind) throws {
    let file = "{\"_class_name\": \"DDIMScheduler\", \"num_train_timesteps\": 9}"
    for steps in [0, 10] {
      #expect(throws: SamplerError.self) { try sampler(file, kind, steps: steps) }
    }
    #expect(throws: Never.self) { try sampler(file, kind, steps: 8) }
    #expect(throws: SamplerError.timestepOffset(8, allowed: 0...0)) {
      try DDIM(steps: 1000, offset: 8)
    }
  }

  /// The message names the setting that leads beyond the training.
  @Test func namesAnOffsetThatLeadsTooFar() throws {
    let file = "{\"_class_name\": \"DDIMScheduler\", \"steps_offset\": 5}"
    let error = #expect(throws: ModelError.self) { try sampler(file, .ddim, steps: 1000) }
    #expect(
      error?.description.contains("'steps_offset' must be from 0 to 0 for 1000 steps, not 5")
        == true)
    #expect(throws: Never.self) { try sampler(file, .ddim, steps: 20) }
  }

  @Test func refusesOrdersThatThereAreNot() {
    #expect(throws: SamplerError.order(4, allowed: 1...3)) { try UniPC(steps: 5, order: 4) }
    #expect(throws: SamplerError.order(3, allowed: 1...2)) {
      try DPMSolver(steps: 5, order: 3, isStochastic: true)
    }
  }
}
